import { readlinkSync, realpathSync, statSync } from "node:fs";
import { claudeProcesses } from "../claude/processes.ts";
import { findAccount } from "../runtime/account.ts";
import { namesIn } from "../runtime/files.ts";
import { parentOf } from "../runtime/process.ts";

/** Who keeps a version of Claude Code from being switched. */
export interface Occupant {
  pid: number;
  user: string;
  /** The session's name, where it is one of a managed user. */
  session?: string;
  /** It is about to become Claude Code. */
  starting?: true;
  /** It runs in a container of its own: a switch here is none of its business, but what it runs stays. */
  contained?: true;
  /** The managed version that it runs. */
  version?: string;
}

/** A live session of a managed user, whose own process may be any program. */
export interface NamedSession {
  pid: number;
  user: string;
  name: string;
}

/** Whose Claude Code matters, and what is known of sessions beside what the kernel shows. */
export interface Crowd {
  /** Sessions count whatever they run. */
  live: NamedSession[];
  /** Versions that are run where this kernel does not see it, such as in another container with the same home. */
  elsewhere: string[];
  /** Only this user's processes matter; undefined: everybody's. */
  uid?: number;
}

/**
 * Everybody who runs Claude Code on this machine, or is about to, as far as the kernel shows them to this user: root
 * sees all. Processes that a session started and that are Claude Code themselves count as that session.
 * @param versions the directory in which `versions/` is
 */
export function occupants(versions: string, { live: sessions, uid }: Crowd): Occupant[] {
  const root = realpathSync(versions); // as the kernel tells it
  // Before those who are Claude Code, so that who becomes it in between is seen as one or the other.
  const starting = holders(root).filter((pid) => matters(pid, uid));
  const bySession = new Map(sessions.map((session) => [session.pid, session]));
  const found = new Map<number, Occupant>();
  for (const { pid, executable } of claudeProcesses([root])) {
    if (!matters(pid, uid)) continue;
    const session = sessionAbove(pid, bySession);
    const version = versionOf(root, executable);
    // Several versions below one session are told apart: each is in use.
    const known = session && found.get(session.pid);
    if (known && known.version === version) continue;
    found.set(known || !session ? pid : session.pid, {
      pid: session?.pid ?? pid,
      user: session?.user ?? userOf(pid),
      ...(session ? { session: session.name } : {}),
      ...(version ? { version } : {}),
      ...(isContained(pid) ? { contained: true } : {}),
    });
  }
  for (const { pid, user, name } of sessions) {
    if (!found.has(pid)) found.set(pid, { pid, user, session: name });
  }
  for (const pid of starting) {
    if (!found.has(pid)) found.set(pid, { pid, user: userOf(pid), starting: true });
  }
  return [...found.values()];
}

function sessionAbove(pid: number, sessions: ReadonlyMap<number, NamedSession>): NamedSession | undefined {
  for (let at: number | undefined = pid; at !== undefined && at > 1; at = parentOf(at)) {
    const session = sessions.get(at);
    if (session) return session;
  }
  return undefined;
}

function versionOf(root: string, executable: string): string | undefined {
  const versions = `${root}/versions/`;
  return executable.startsWith(versions) ? executable.slice(versions.length).split("/")[0] : undefined;
}

const ownerOf = (pid: number) => statSync(`/proc/${pid}`, { throwIfNoEntry: false })?.uid;
const matters = (pid: number, uid: number | undefined) => uid === undefined || ownerOf(pid) === uid;

function userOf(pid: number): string {
  const uid = ownerOf(pid);
  if (uid === undefined) return "somebody"; // it ended meanwhile
  return findAccount(uid)?.name ?? `user ${uid}`;
}

function isContained(pid: number): boolean {
  const namespace = link(`/proc/${pid}/ns/pid`);
  return namespace !== undefined && namespace !== link("/proc/self/ns/pid");
}

/**
 * Processes of this program that hold the versions' directory open, as a start does from before it looks which version
 * it is to become until it is that (`hold.ts`).
 */
function holders(root: string): number[] {
  const self = link("/proc/self/exe");
  return namesIn("/proc").map(Number).filter((pid) => {
    if (!pid || pid === process.pid) return false;
    const executable = link(`/proc/${pid}/exe`);
    if (executable === undefined || !(executable === self || ours.test(executable))) return false;
    return namesIn(`/proc/${pid}/fd`).some((descriptor) => link(`/proc/${pid}/fd/${descriptor}`) === root);
  });
}

/** Also one that was replaced by a newer one while it ran. */
const ours = /\/claude-(ops|session|shell)[^/]*$/;

function link(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}

/** `session api of dev (pid 4711)` */
function describeOccupant({ pid, user, session, starting }: Occupant): string {
  if (session !== undefined) return `session ${session} of ${user} (pid ${pid})`;
  return `${starting ? "a start" : "a Claude Code"} of ${user} (pid ${pid})`;
}

/** A few of them by name, the rest by number. */
export function describeOccupants(all: readonly Occupant[]): string {
  const shown = all.slice(0, 3).map(describeOccupant);
  return [...shown, ...(all.length > 3 ? [`${all.length - 3} more`] : [])].join(", ");
}
