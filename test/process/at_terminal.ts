import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { scratch } from "../unit/scratch.ts";

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

/** Runs a program's source at a terminal: for each pair, waits for the first text and then types the second. */
export function runAtTerminal(source: string, keys: [string, string][]): { screen: string; status: number } {
  const file = join(scratch(), "program.ts");
  writeFileSync(file, source);
  const run = "Deno" in globalThis ? [process.execPath, "run", "-A", file] : [process.execPath, file];
  // The shell looks at the terminal after the program has gone.
  const argv = [
    "sh",
    "-c",
    '"$@"; s=$?; stty -a | grep -q " echo " && echo "echo on"; exit $s',
    "sh",
    ...run,
  ];
  return atTerminal(argv, keys);
}

/** Runs a program at a terminal: for each pair, waits for the first text and then types the second. */
export function atTerminal(
  argv: string[],
  keys: [string, string][],
  { env = process.env, timeout = 20_000 }: { env?: NodeJS.ProcessEnv; timeout?: number } = {},
): { screen: string; status: number } {
  const result = spawnSync("python3", ["-c", TERMINAL, JSON.stringify(argv), JSON.stringify(keys)], {
    encoding: "utf8",
    env,
    timeout,
    killSignal: "SIGKILL",
  });
  const lines = result.stdout.trimEnd().split("\n");
  return { screen: lines.slice(0, -1).join("\n"), ...JSON.parse(lines.at(-1)!) };
}
