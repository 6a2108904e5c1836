import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { become } from "./become.ts";
import { cString, type Libc, openLibc, vector } from "./libc.ts";

export interface Successor {
  /** Absolute path of the program. */
  file: string;
  /** Its `argv[0]`. */
  name: string;
  /** Its other arguments; a number means so many of our own last ones, byte for byte. */
  words: readonly string[] | number;
  /** What is different in its environment. */
  env: Readonly<Record<string, string>>;
}

const [SIGPIPE, SIGXFSZ, byDefault] = [13, 25, 0n];
const [RLIMIT_NOFILE, F_SETFD] = [7, 2];

/**
 * Becomes another program as if that had been started instead of us: the bytes of arguments and environment (which a
 * JavaScript string would change where they are no UTF-8), open files, signals and limits are what they were before
 * our runtime changed them. Returns only by throwing: then the program cannot be run.
 */
export function takePlace(successor: Successor): never {
  const libc = process.platform === "linux" ? openLibc() : undefined;
  if (libc !== undefined) callExecve(libc, successor);
  const { file, name, words, env } = successor;
  const own = typeof words === "number" ? process.argv.slice(process.argv.length - words) : words;
  return become(file, [name, ...own], { ...definite(process.env), ...env });
}

function callExecve(libc: Libc, { file, name, words, env }: Successor): void {
  try {
    const changed = Object.entries(env).map(([key, value]) => cString(`${key}=${value}`));
    const kept = strings("/proc/self/environ").filter((entry) =>
      !(entry.subarray(0, entry.indexOf(61)).toString("latin1") in env)
    );
    const argv = [cString(name), ...(typeof words === "number" ? ownArguments(words) : words.map(cString))];
    const environment = [...kept, ...changed];
    const [path, argvPointers, envPointers] = [
      cString(file),
      vector(libc, argv),
      vector(libc, environment),
    ];
    restore(libc);
    libc.execve(path, argvPointers, envPointers);
  } catch {
    // No /proc, for one: the runtime's own execve does nearly the same.
  }
}

function ownArguments(count: number): Buffer[] {
  const all = strings("/proc/self/cmdline");
  return all.slice(all.length - count);
}

/** Strings of a file in /proc, each with the NUL at its end. */
function strings(path: string): Buffer[] {
  const bytes = readFileSync(path);
  const found: Buffer[] = [];
  for (let at = 0; at < bytes.length;) {
    const end = bytes.indexOf(0, at) + 1 || bytes.length;
    found.push(bytes.subarray(at, end));
    at = end;
  }
  return found;
}

/**
 * Bun 1.4.5 ignores SIGPIPE and SIGXFSZ, raises the soft limit of open files to the hard one and marks inherited
 * descriptors close-on-exec. What the limit was is still to be seen at our parent, whose files here everybody can read.
 */
function restore(libc: Libc): void {
  for (const signal of [SIGPIPE, SIGXFSZ]) libc.signal(signal, byDefault);
  for (const descriptor of readdirSync("/proc/self/fd").map(Number)) {
    if (descriptor > 2 && !isOurs(descriptor)) libc.fcntl(descriptor, F_SETFD, 0);
  }
  const own = openFiles("self");
  const before = openFiles(process.ppid);
  if (own === undefined || before === undefined || before.soft >= own.soft) return;
  libc.setrlimit(RLIMIT_NOFILE, new Uint8Array(BigUint64Array.from([before.soft, own.hard]).buffer));
}

/** Event loops and timers; what we were started with are files, pipes and sockets. */
function isOurs(descriptor: number): boolean {
  try {
    return readlinkSync(`/proc/self/fd/${descriptor}`).startsWith("anon_inode:");
  } catch {
    return true;
  }
}

function openFiles(pid: number | "self"): { soft: bigint; hard: bigint } | undefined {
  try {
    const line = /^Max open files\s+(\d+)\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/limits`, "latin1"));
    return line ? { soft: BigInt(line[1]!), hard: BigInt(line[2]!) } : undefined;
  } catch {
    return undefined;
  }
}

function definite(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([key, value]) => value === undefined ? [] : [[key, value]]),
  );
}
