import { Exit, Failure } from "../errors.ts";
import { exclusively } from "../runtime/lock.ts";
import { memoryHere } from "../runtime/memory.ts";
import { memoryOf } from "../runtime/process_memory.ts";
import { type LiveSession, liveSessions } from "./live.ts";
import type { Layout } from "./paths.ts";
import type { SessionRecord } from "./record.ts";

/** What one host takes, as `[sessions]` of the configuration says; 0 where something does not limit. */
export interface Limits {
  /** How many sessions of this user at once. */
  max: number;
  /** Bytes that each of them is given room for. */
  memory: number;
}

/** There is no room for one more session; somebody may know better and start it all the same. */
export const hostFull = "host-full";

/** How long a start waits for others that are being looked at (ms): one takes about a millisecond. */
const patience = 10_000;

/**
 * Makes a session's record while nobody else does, so that starts at the same instant see each other.
 * @param limits undefined: whoever starts it wants it past admission
 * @param make gets the live sessions; what it makes counts for everybody who comes after
 * @throws Failure of exit status 75 when there is no room for one more
 */
export function admitted<T>(
  layout: Layout,
  limits: Limits | undefined,
  make: (live: readonly LiveSession[]) => T,
): T {
  return exclusively(layout.starting, patience, () => {
    const live = liveSessions(layout);
    if (limits !== undefined) {
      refuseWithoutRoom(
        live.filter(({ liveness }) => liveness === "live").map(({ record }) => record),
        limits,
      );
    }
    return make(live);
  });
}

function refuseWithoutRoom(live: readonly SessionRecord[], { max, memory }: Limits): void {
  if (max > 0 && live.length >= max) {
    const many = max === 1 ? "one session is" : `${max} sessions are`;
    throw full(`${many} running, and [sessions] max allows no more`, live, used(live));
  }
  if (memory === 0) return;
  // With room for all of them at what they were given, there is nothing to measure.
  const forAll = (live.length + 1) * memory;
  const { available, limit } = memoryHere(forAll);
  if (available >= forAll) return;
  const uses = used(live);
  // A session that has just started will still grow, so each counts for what it was given room for.
  const promised = live.reduce((sum, { identity }) => sum + Math.max(0, memory - uses.get(identity.pid)!), 0);
  const left = Math.max(0, available - promised);
  if (left >= memory) return;
  const kept = promised < MiB ? "" : `, ${amount(promised)} of it kept for those that run`;
  throw full(
    `a session needs ${amount(memory)} of memory; ${amount(available)} of ${amount(limit)} is free${kept}`,
    live,
    uses,
  );
}

const used = (live: readonly SessionRecord[]) => memoryOf(live.map(({ identity }) => identity.pid));

function full(why: string, live: readonly SessionRecord[], uses: ReadonlyMap<number, number>): Failure {
  const largestFirst = live.toSorted((a, b) => uses.get(b.identity.pid)! - uses.get(a.identity.pid)!);
  const width = Math.max(0, ...live.map(({ name }) => name.length));
  const lines = largestFirst.map(({ name, identity: { pid }, cwd, tmux }) =>
    `  ${name.padEnd(width)}  ${amount(uses.get(pid)!).padStart(8)}  pid ${pid}  ${cwd}${
      tmux ? "  (detached)" : ""
    }`
  );
  const first = largestFirst[0];
  const detached = largestFirst.find(({ tmux }) => tmux !== undefined);
  const ways = [
    first === undefined
      ? "see who uses it: ps -eo rss,pid,args --sort=-rss | head"
      : `end one: kill ${first.identity.pid}`,
    ...(detached === undefined ? [] : [`go on with one: claude-ops session attach ${detached.name}`]),
    "start it all the same: --force",
  ];
  return new Failure([`no room for one more session: ${why}`, ...lines].join("\n"), {
    hint: ways.join("; "),
    exit: Exit.busy,
    code: hostFull,
  });
}

const MiB = 2 ** 20;
const amount = (bytes: number) =>
  bytes < 1024 * MiB ? `${Math.round(bytes / MiB)} MiB` : `${(bytes / (1024 * MiB)).toFixed(1)} GiB`;
