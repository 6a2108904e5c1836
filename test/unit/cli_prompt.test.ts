import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { terminalPrompt } from "../../src/cli/prompt.ts";

const scratch = mkdtempSync(join(tmpdir(), "prompt-"));
afterAll(() => rmSync(scratch, { recursive: true }));
const prompt = new URL("../../src/cli/prompt.ts", import.meta.url).pathname;

/** A real terminal: types when it sees what it waits for, then says what the screen showed, and how it ended. */
const TERMINAL = `
import json, os, pty, sys, time
argv, script = json.loads(sys.argv[1]), json.loads(sys.argv[2])
pid, fd = pty.fork()
if pid == 0: os.execvp(argv[0], argv)
seen = b""
for wait, keys in script:
    end = time.time() + 20
    while wait.encode() not in seen and time.time() < end: seen += os.read(fd, 1024)
    seen_before, seen = seen, b""
    sys.stdout.buffer.write(seen_before)
    os.write(fd, keys.encode())
try:
    while True:
        data = os.read(fd, 1024)
        if not data: break
        sys.stdout.buffer.write(data)
except OSError: pass
sys.stdout.flush()
_, status = os.waitpid(pid, 0)
print(json.dumps({"status": status}))
`;

function atTerminal(program: string, keys: [string, string][]): { screen: string; status: number } {
  const file = join(scratch, "program.ts");
  writeFileSync(
    file,
    `import { terminalPrompt } from ${
      JSON.stringify(prompt)
    };\nconst prompt = terminalPrompt();\n${program}\n`,
  );
  const run = "Deno" in globalThis ? [process.execPath, "run", "-A", file] : [process.execPath, file];
  // The shell looks at the terminal after the program has gone.
  const argv = [
    "sh",
    "-c",
    '"$@"; s=$?; stty -a | grep -q " echo " && echo "echo on"; exit $s',
    "sh",
    ...run,
  ];
  const result = spawnSync("python3", ["-c", TERMINAL, JSON.stringify(argv), JSON.stringify(keys)], {
    encoding: "utf8",
  });
  const lines = result.stdout.trimEnd().split("\n");
  return { screen: lines.slice(0, -1).join("\n"), ...JSON.parse(lines.at(-1)!) };
}

test("a secret is read with its corrections, and nothing of it is shown", () => {
  const { screen, status } = atTerminal('console.log("got", await prompt.secret("Password: "));', [[
    "Password: ",
    "wrong\x15opem\x7fn s\u00e9same\r",
  ]]);
  expect(screen).toContain("got open s\u00e9same");
  expect(screen.replace("got open s\u00e9same", "")).not.toMatch(/wrong|ope|same/);
  expect(screen).toContain("echo on");
  expect(status).toBe(0);
});

test("yes and no are understood, other words are asked about again, and questions wait for each other", () => {
  const program =
    'const answers = await Promise.all(["one?", "two?", "three?"].map((q) => prompt.confirm(q))); console.log(JSON.stringify(answers));';
  const { screen } = atTerminal(program, [["one?", "yes\r"], ["two?", "perhaps\r"], ["two?", "no\r"], [
    "three?",
    "Y\r",
  ]]);
  expect(screen).toContain("[true,false,true]");
  expect(screen).toContain("Please type yes or no.");
});

test.each([
  ["Ctrl-C", "", "abc\x03"],
  ["SIGTERM", 'setTimeout(() => process.kill(process.pid, "SIGTERM"), 500);', "abc"],
])("%s ends the program, with the terminal as it was", (_name, before, keys) => {
  const program = `${before} await prompt.secret("Password: "); console.log("went on");`;
  const { screen, status } = atTerminal(program, [["Password: ", keys]]);
  expect(screen).not.toMatch(/went on|abc/);
  expect(screen).toContain("echo on");
  expect(status).not.toBe(0);
});

test("without a terminal nobody can be asked", () => {
  const input = { isTTY: false } as unknown as NodeJS.ReadStream;
  expect(terminalPrompt(input, { isTTY: true } as unknown as NodeJS.WriteStream).interactive).toBe(false);
});
