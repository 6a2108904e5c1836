import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { scratch } from "../unit/scratch.ts";

/** A real terminal: types when it sees what it waits for, then says what the screen showed, and how it ended. */
export const TERMINAL = `
import json, os, pty, re, select, signal, sys, time
argv, script = json.loads(sys.argv[1]), json.loads(sys.argv[2])
pid, fd = pty.fork()
if pid == 0: os.execvp(argv[0], argv)
end, seen = time.time() + 100, b""
def plain(text): # what a full-screen program leaves out by moving the cursor is a space
    return re.sub(rb"\\x1b\\[[0-9;?]*[A-Za-z]", b"", re.sub(rb"\\x1b\\[[0-9]*[CG]", b" ", text))
def more():
    try: return os.read(fd, 1024) if select.select([fd], [], [], 0.2)[0] else None
    except OSError: return b""
for wait, keys in script:
    data = None
    while wait.encode() not in plain(seen) and time.time() < end and data != b"":
        data = more()
        seen += data or b""
    sys.stdout.buffer.write(seen)
    seen = b""
    if data == b"": break
    os.write(fd, keys.encode())
again = time.time() + 2
while time.time() < end:
    data = more()
    if data == b"": break
    sys.stdout.buffer.write(data or b"")
    if script and sys.argv[3:] != ["once"] and time.time() > again: # some programs take no keys in their first moments
        os.write(fd, keys.encode())
        again = time.time() + 2
else: os.kill(pid, signal.SIGHUP)
sys.stdout.flush()
_, status = os.waitpid(pid, 0)
print(json.dumps({"status": status}))
sys.exit(os.waitstatus_to_exitcode(status) & 255)
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

/**
 * Runs a program at a terminal: for each pair, waits for the first text and then types the second; the last keys `again`
 * every two seconds, unless they are typed `once`.
 */
export function atTerminal(
  argv: string[],
  keys: [string, string][],
  { env = process.env, timeout = 20_000, typed = "again" }: {
    env?: NodeJS.ProcessEnv;
    timeout?: number;
    typed?: "again" | "once";
  } = {},
): { screen: string; status: number } {
  const words = ["-c", TERMINAL, JSON.stringify(argv), JSON.stringify(keys), typed];
  const result = spawnSync("python3", words, { encoding: "utf8", env, timeout, killSignal: "SIGKILL" });
  const lines = result.stdout.trimEnd().split("\n");
  return { screen: lines.slice(0, -1).join("\n"), ...JSON.parse(lines.at(-1)!) };
}
