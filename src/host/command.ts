import { existsSync } from "node:fs";
import { Failure, type FailureOptions } from "../errors.ts";
import { isFullFileSystem, isReadOnlyFileSystem } from "../store/file_system.ts";

export interface Ran {
  status: number;
  stdout: string;
  stderr: string;
}

/** The tools of the host are found here, whatever PATH we were started with. */
const PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/**
 * Runs one of the host's own tools to its end, in the C locale and with a fixed PATH.
 * @throws Failure when it is not installed or does not end within a minute.
 */
export function tryRun(argv: readonly [string, ...string[]], extra: Record<string, string> = {}): Ran {
  const [name, ...args] = argv;
  // Only here: importing it costs every program that loads this file a millisecond (Bun 1.4.5).
  const { spawnSync } = process.getBuiltinModule("node:child_process");
  const done = spawnSync(name, args, {
    encoding: "utf8",
    env: { PATH, LC_ALL: "C", ...extra },
    stdio: ["ignore", "pipe", "pipe"],
    timeout: 60_000,
    killSignal: "SIGKILL",
  });
  if (done.error) {
    throw new Failure(`cannot run ${name}: ${done.error.message}`, {
      hint: `is ${name} installed on this host?`,
      code: "no-tool",
      cause: done.error,
    });
  }
  return { status: done.status ?? 1, stdout: done.stdout, stderr: done.stderr };
}

/** The same, where anything but status 0 is a Failure that carries the tool's own words. */
export function run(argv: readonly [string, ...string[]], extra: Record<string, string> = {}): string {
  const done = tryRun(argv, extra);
  if (done.status === 0) return done.stdout;
  const words = (done.stderr || done.stdout).trim().split("\n").at(-1) ?? "";
  const what = `${argv[0]} failed with status ${done.status}${words ? `: ${words}` : ""}`;
  throw new Failure(what, diskTrouble() ?? { hint: `the command was: ${argv.join(" ")}` });
}

/** What is the matter with the disk, which the tools say in words of their own, such as that something is locked. */
function diskTrouble(): FailureOptions | undefined {
  const places = ["/etc", "/var"];
  const full = places.find(isFullFileSystem);
  if (full) {
    return {
      code: "disk-full",
      hint: `the disk of ${full} is full: free some space, then run the same again`,
    };
  }
  const stuck = places.find(isReadOnlyFileSystem);
  if (stuck) return { code: "read-only", hint: `${stuck} is on a read-only file system; dmesg says why` };
  return undefined;
}

/** Whether a tool of this name is on the host. */
export function hasTool(name: string): boolean {
  return PATH.split(":").some((directory) => existsSync(`${directory}/${name}`));
}
