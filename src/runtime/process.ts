import { existsSync, readFileSync, readlinkSync } from "node:fs";

/**
 * What tells one process from every other, also across reboots, reused pids and containers that share a home.
 * All of it survives `execve`, so a launcher can write it down and become the program it starts.
 */
export interface ProcessIdentity {
  /** Changes with each boot of the kernel; containers of one machine see the same one. */
  bootId: string;
  pid: number;
  /** Clock ticks from boot to the start of the process: field 22 of `/proc/<pid>/stat`. */
  startTime: number;
  /** Inode of the pid namespace that `pid` counts in. */
  pidNamespace: number;
  /** Inode of the namespace of the host's name: a container has its own, a sandbox inside of it seldom. */
  utsNamespace: number;
  /** The host's name: tells a restarted container from another one that shares the home. */
  host: string;
}

/** `elsewhere`: in another container or on another machine, where this kernel's facts do not reach. */
export type Liveness = "live" | "dead" | "elsewhere";

/** What all processes of this place have in common. */
type Place = Omit<ProcessIdentity, "pid" | "startTime">;

const read = (path: string) => readFileSync(path, "latin1");

function inode(path: string): number {
  const link = readlinkSync(path);
  return Number(link.slice(link.indexOf("[") + 1, -1));
}

let here: Place | undefined;

function place(): Place {
  return here ??= {
    bootId: read("/proc/sys/kernel/random/boot_id").trim(),
    pidNamespace: inode("/proc/self/ns/pid"),
    utsNamespace: inode("/proc/self/ns/uts"),
    host: read("/proc/sys/kernel/hostname").trim(),
  };
}

/** Fields of a `/proc/<pid>/stat` line that matter here; the name in parentheses may itself hold `) `. */
export function parseStat(stat: string): { state: string; parent: number; startTime: number } {
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return { state: fields[0] ?? "", parent: Number(fields[1]), startTime: Number(fields[19]) };
}

/** The pid of a process's parent, 0 where that is outside of this pid namespace; undefined when there is no process. */
export function parentOf(pid: number): number | undefined {
  try {
    return parseStat(read(`/proc/${pid}/stat`)).parent;
  } catch {
    return undefined;
  }
}

function startTimeOf(pid: number): number | undefined {
  try {
    const { state, startTime } = parseStat(read(`/proc/${pid}/stat`));
    // A zombie has ended; only its parent has not noticed.
    return state === "Z" || state === "X" ? undefined : startTime;
  } catch {
    return undefined;
  }
}

/**
 * Whether the process that has this pid began only after that time, in ms as of Date.now(): what was written then is
 * not its own. After a reboot, pids come back soon. Told from our own start, so that no clock of a container matters,
 * and with two seconds of doubt.
 */
export function beganAfter(pid: number, time: number): boolean {
  const [own, other] = [startTimeOf(process.pid), startTimeOf(pid)];
  if (own === undefined || other === undefined) return false;
  const TICK = 10; // ms, USER_HZ of all Linux user space
  return performance.timeOrigin + (other - own) * TICK > time + 2000;
}

/** The identity of a process of this pid namespace, or undefined when there is none that still runs. */
export function identityOf(pid: number): ProcessIdentity | undefined {
  const startTime = startTimeOf(pid);
  return startTime === undefined ? undefined : { ...place(), pid, startTime };
}

let own: ProcessIdentity | undefined;

/** This process's own, which stays as it is for as long as it runs, whatever it becomes. */
export function ownIdentity(): ProcessIdentity {
  return own ??= identityOf(process.pid)!;
}

/** Whether the very process that was written down still runs, by the kernel's facts only. */
export function livenessOf(identity: ProcessIdentity): Liveness {
  return judge(identity, place(), startTimeOf);
}

/** Whether the kernel may still have a process of that pid of the same place: what is not, need not be looked at closer. */
export function mayRun(identity: ProcessIdentity, pid: number): boolean {
  const { startTime } = identity;
  return judge({ ...identity, pid }, place(), () => existsSync(`/proc/${pid}`) ? startTime : undefined) !==
    "dead";
}

/** False also where that cannot be seen from here. */
export function isAlive(identity: ProcessIdentity): boolean {
  return livenessOf(identity) === "live";
}

/** The rule behind `livenessOf`, apart from the kernel, so that reboots and containers can be tested. */
export function judge(
  process: ProcessIdentity,
  viewer: Place,
  startTime: (pid: number) => number | undefined,
): Liveness {
  if (process.host !== viewer.host && process.pidNamespace !== viewer.pidNamespace) return "elsewhere";
  if (process.bootId !== viewer.bootId) return process.host === viewer.host ? "dead" : "elsewhere";
  if (process.pidNamespace === viewer.pidNamespace) {
    return startTime(process.pid) === process.startTime ? "live" : "dead";
  }
  // Same name, same boot: a container that was restarted has a new name space, a sandbox inside of it has not.
  return process.utsNamespace === viewer.utsNamespace ? "elsewhere" : "dead";
}
