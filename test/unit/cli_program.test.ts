import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { scratchForAll } from "./scratch.ts";

// The program itself, started as from a shell, under the runtime that runs the tests.
const runtime = "deno" in process.versions ? ["run", "-A", "--config", "deno.json"] : [];
const home = scratchForAll();

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

test("mcp, which listens to Claude, has a help page all the same", () => {
  expect(program(["mcp", "--help"])).toMatchObject({
    stdout: expect.stringContaining("Usage: claude-ops mcp"),
    status: 0,
  });
});

test("doctor says that nothing is installed instead of naming all that is missing", () => {
  const { stderr, status } = program(["doctor"], { HOME: join(home, "nothing-here") });
  expect(stderr).toContain(
    "claude-ops is not installed for you on this machine\nhint: claude-ops install sets it up for yourself",
  );
  expect(status).toBe(1);
});

test("a mistake is one line and a hint on stderr, with exit status 2 and nothing on stdout", () => {
  expect(program(["verzion"])).toEqual({
    stdout: "",
    stderr: 'claude-ops: unknown command "verzion"\nhint: did you mean claude-ops version?\n',
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

function thrower(words: string[]) {
  const file = join(home, "thrower.ts");
  const from = (path: string) => JSON.stringify(`${process.cwd()}/src/${path}`);
  writeFileSync(
    file,
    `
    import { defineCommand } from ${from("cli/command.ts")};
    import { runTable } from ${from("cli/run.ts")};
    import { Failure } from ${from("errors.ts")};
    const never = () => new Promise<never>(() => setInterval(() => {}, 1000));
    const ways: Record<string, () => Promise<never>> = {
      bug: async () => { throw new TypeError("x is not a\\nfunction"); },
      odd: async () => { throw "text"; },
      stray: () => (setTimeout(() => { throw new Error("from a timer"); }), never()),
      lost: () => (Promise.reject(new Error("nobody waits")), never()),
      known: async () => { throw new Failure("host devbox: no route", { hint: "is it on?", exit: 75, code: "net", cause: new Error("deep") }); },
    };
    const command = defineCommand({ name: "go", summary: "Go", args: [{ name: "WAY", summary: "How" }], examples: [], run: ({ args }) => ways[args[0]!]!() });
    process.exit(await runTable([{ title: "All", entries: [command] }], process.argv.slice(2)));
    `,
  );
  const { stdout, stderr, status } = spawnSync(process.execPath, [...runtime, file, "go", ...words], {
    encoding: "utf8",
    timeout: 20_000,
  });
  return { stdout, stderr, status };
}

test("a failure that we can explain is its line, its hint and its exit status", () => {
  expect(thrower(["known"])).toEqual({
    stdout: "",
    stderr: "claude-ops: host devbox: no route\nhint: is it on?\n",
    status: 75,
  });
  expect(JSON.parse(thrower(["known", "--json"]).stdout)).toEqual({
    error: { message: "host devbox: no route", hint: "is it on?", code: "net" },
  });
});

test("an unexpected exception is one line that says it is a bug, wherever it was thrown", () => {
  for (
    const [way, said] of [
      ["bug", "TypeError: x is not a"],
      ["odd", "text"],
      ["stray", "Error: from a timer"],
      ["lost", "Error: nobody waits"],
    ]
  ) {
    const { stderr, status } = thrower([way!]);
    expect(stderr).toBe(
      `claude-ops: unexpected, this is a bug: ${said}\nhint: run it again with --verbose and report what it shows\n`,
    );
    expect(status).toBe(1);
  }
});

test("with --verbose the stack and the causes are shown", () => {
  expect(thrower(["bug", "--verbose"]).stderr).toMatch(/\n\s+at .*thrower\.ts/);
  expect(thrower(["known", "--verbose"]).stderr).toContain("caused by Error: deep");
});
