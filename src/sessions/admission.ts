import { Exit, Failure } from "../errors.ts";
import { underStartLock } from "./start_lock.ts";
import { memoryHere } from "../runtime/memory.ts";
import { memoryOf } from "../runtime/process_memory.ts";
import { type LiveSession, liveSessions } from "./live.ts";
import { quoted } from "./name.ts";
import type { Layout } from "./paths.ts";
import { presenceOf } from "./presence.ts";
import { hostFull } from "./question.ts";
import type { SessionRecord } from "./record.ts";
import type { Settings } from "./settings.ts";

/** What one host takes: `max` sessions of this user at once, and `memory` bytes for each; 0 where that does not limit. */
type Limits = Pick<Settings, "max" | "memory">;

/** A session that runs here, with the memory that it uses now. */
interface Using {
  record: SessionRecord;
  bytes: number;
}

/**
 * Makes a session's record while nobody else does, so that starts at the same instant see each other.
 * @param make gets the live sessions; what it makes counts for everybody who comes after
 * @throws Failure of exit status 75 when there is no room for one more
 */
export function admitted<T>(layout: Layout, limits: Limits, make: (live: readonly LiveSession[]) => T): T {
  return underStartLock(layout, () => {
    const live = liveSessions(layout);
    refuseWithoutRoom(layout, live, limits);
    return make(live);
  });
}

/** @throws Failure of exit status 75 when there is no room for one more session than those that live */
export function refuseWithoutRoom(
  layout: Layout,
  live: readonly LiveSession[],
  { max, memory }: Limits,
): void {
  const here = live.filter(({ liveness }) => liveness === "live").map(({ record }) => record);
  if (max > 0 && here.length >= max) {
    const many = max === 1 ? "one session is" : `${max} sessions are`;
    throw full(`${many} running, and [sessions] max allows no more`, used(layout, here));
  }
  if (memory === 0) return;
  // With room for all of them at what they were given, there is nothing to measure.
  const forAll = (here.length + 1) * memory;
  const { available, limit } = memoryHere(forAll);
  if (available >= forAll) return;
  const using = used(layout, here);
  // A session that has just started will still grow, so each counts for what it was given room for.
  const promised = using.reduce((sum, { bytes }) => sum + Math.max(0, memory - bytes), 0);
  const left = Math.max(0, available - promised);
  if (left >= memory) return;
  const kept = promised < MiB ? "" : `, ${amount(promised)} of it kept for those that run`;
  throw full(
    `a session needs ${amount(memory)} of memory; ${amount(available)} of ${amount(limit)} is free${kept}`,
    using,
  );
}

function used(layout: Layout, live: readonly SessionRecord[]): Using[] {
  const bytes = memoryOf(live.map((record) => presenceOf(layout, record).pids));
  return live.map((record, i) => ({ record, bytes: bytes[i]! }));
}

function full(why: string, using: readonly Using[]): Failure {
  const largestFirst = using.toSorted((a, b) => b.bytes - a.bytes);
  const width = Math.max(0, ...using.map(({ record }) => record.name.length));
  const lines = largestFirst.map(({ record: { name, identity: { pid }, cwd, tmux }, bytes }) =>
    `  ${name.padEnd(width)}  ${amount(bytes).padStart(8)}  pid ${pid}  ${cwd}${tmux ? "  (detached)" : ""}`
  );
  const first = largestFirst[0]?.record;
  const detached = largestFirst.find(({ record }) => record.tmux !== undefined)?.record;
  const ways = [
    first === undefined
      ? "see who uses it: ps -eo rss,pid,args --sort=-rss | head"
      : `end one: claude-ops session stop ${quoted(first.name)}`,
    ...(detached === undefined ? [] : [`go on with one: claude-ops session attach ${quoted(detached.name)}`]),
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
