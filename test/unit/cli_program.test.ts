import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

// The program itself, started as from a shell, under the runtime that runs the tests.
const runtime = "deno" in process.versions ? ["run", "-A"] : [];
let home: string;
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), "claude-ops-cli-"));
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

function program(words: string[], env: Record<string, string> = {}) {
  const { stdout, stderr, status } = spawnSync(process.execPath, [...runtime, "src/main.ts", ...words], {
    env: { PATH: process.env.PATH, HOME: home, LANG: "C.UTF-8", ...env },
    encoding: "utf8",
  });
  return { stdout, stderr, status };
}

test("version says what it is, also as JSON", () => {
  expect(program(["--version"]).stdout).toMatch(
    /^claude-ops \d+\.\d+\.\d+ \(.+\), (deno|bun|node) \d.*, linux-/,
  );
  expect(JSON.parse(program(["version", "--json"]).stdout)).toMatchObject({
    version: expect.stringMatching(/^\d/),
    platform: expect.any(String),
  });
});

test("a mistake is one line and a hint on stderr, with exit status 2 and nothing on stdout", () => {
  expect(program(["verzion"])).toEqual({
    stdout: "",
    stderr: 'claude-ops: unknown command "verzion"\nhint: did you mean version?\n',
    status: 2,
  });
});

test("with --json an error is a document on stdout as well", () => {
  const { stdout, status } = program(["version", "extra", "--json"]);
  expect(status).toBe(2);
  expect(JSON.parse(stdout)).toEqual({
    error: {
      message: 'version: unexpected argument "extra"',
      hint: "usage: claude-ops version",
      code: "usage",
    },
  });
});

test("control characters in what was typed never reach the terminal", () => {
  expect(program(["\x1b[2J\x07"]).stderr).toBe(
    'claude-ops: unknown command "\\e[2J\\x07"\nhint: see claude-ops --help\n',
  );
});

test("colours come only when they are forced where there is no terminal", () => {
  expect(program(["help"]).stdout).not.toContain("\x1b");
  expect(program(["help"], { FORCE_COLOR: "1" }).stdout).toContain("\x1b[1mUsage:\x1b[22m");
});

test("a wrong configuration stops a command before it does anything", () => {
  const { stderr, status } = program(["config", "check", "src"]);
  expect({ stderr, status }).toEqual({
    stderr: "claude-ops: src: is a directory, not a file\nhint: put a file with TOML in its place\n",
    status: 1,
  });
});

function shell(script: string, ...words: string[]): string[] {
  const argv = ["-c", script, process.execPath, ...runtime, ...words];
  const { stdout, stderr } = spawnSync("bash", argv, {
    encoding: "utf8",
    env: { ...process.env, HOME: home },
  });
  return [stdout, stderr];
}

test("a reader that goes away ends the program without a word", () => {
  for (const words of [["help"], ["version", "--json"], ["config", "show"]]) {
    const [status, stderr] = shell(
      '{ { sleep 0.1; "$0" "$@"; echo "$?" >&3; } | true; } 3>&1',
      "src/main.ts",
      ...words,
    );
    expect([status, stderr]).toEqual(["0\n", ""]);
  }
});

test("a slow reader gets every byte, also through a pipe that does not block", () => {
  const io = JSON.stringify(`${process.cwd()}/src/cli/io.ts`);
  const file = join(home, "writer.ts");
  writeFileSync(
    file,
    `import { processIo } from ${io};\nprocessIo({ json: false, verbose: false }).stdout("x".repeat(1_000_000) + "end");\n`,
  );
  const unblock =
    "use Fcntl; fcntl(STDOUT, F_SETFL, fcntl(STDOUT, F_GETFL, 0) | O_NONBLOCK) or die; exec @ARGV";
  expect(shell(`perl -e '${unblock}' "$0" "$@" | { sleep 0.4; wc -c; }`, file)).toEqual(["1000003\n", ""]);
});
