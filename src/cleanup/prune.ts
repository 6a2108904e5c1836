import { lstatSync, renameSync } from "node:fs";
import { errno, explainFailure } from "../errors.ts";
import { freeMemory } from "../runtime/free_memory.ts";
import { underStartLock } from "../sessions/start_lock.ts";
import type { Round } from "../runtime/removal_round.ts";
import { Removals } from "../runtime/removals.ts";
import { newId } from "../sessions/id.ts";
import { delist } from "../sessions/live.ts";
import { dropName } from "../sessions/names.ts";
import type { Layout } from "../sessions/paths.ts";
import { isPinned } from "../sessions/pins.ts";
import { sessionLiveness } from "../sessions/presence.ts";
import { readRecord, type SessionRecord } from "../sessions/record.ts";
import { settleArchives, writeArchive } from "./archive.ts";
import { ensurePlace, removingOf, runName, trashOf } from "./places.ts";
import type { Due } from "./rules.ts";

export interface PruneOptions {
  trash: boolean;
  archive: boolean;
  now: number;
}

export interface Pruned {
  due: Due;
  /** Bytes; nothing yet for what went to the trash. */
  freed: number;
  /** Why it stays, or what is left of it. */
  problem?: string;
}

/** Sessions that are taken away while starts wait: a few milliseconds. */
const atOnce = 50;

/**
 * Takes sessions away, each by one rename under the lock of all starts: a session is resumed before, then it stays, or
 * it is gone whole. Its conversation is archived before that, and what does not go to the trash is removed after it.
 * Killed at any point, nothing is lost, and the next cleanup goes on.
 */
export function* prune(
  layout: Layout,
  due: readonly Due[],
  { trash, archive, now }: PruneOptions,
): Generator<Pruned> {
  const place = trash ? `${trashOf(layout)}/${runName(now)}` : removingOf(layout);
  using removals = new Removals(trash ? 0 : due.length);
  let before: Taken | undefined;
  for (let first = 0; first < due.length; first += atOnce) {
    const batch = due.slice(first, first + atOnce).map((due) => {
      const problem = archive && due.spoken ? archiving(layout, due.record) : undefined;
      const archived = archive && due.spoken && problem === undefined;
      return { due, name: trash ? due.record.id : newId(), problem, archived };
    });
    if (batch.some(({ archived }) => archived)) {
      settleArchives(layout);
      freeMemory();
    }
    for (const each of trash ? [trashOf(layout), place] : [place]) ensurePlace(each);
    underStartLock(layout, () => {
      for (const each of batch) each.problem ??= take(layout, each.due.record, `${place}/${each.name}`);
    });
    const away = trash ? [] : batch.filter(({ problem }) => problem === undefined).map(({ name }) => name);
    const taken = { batch, round: removals.begin(place, away) };
    // The other thread is at these already while the next ones are taken.
    if (before !== undefined) yield* outcomes(before, removals);
    before = taken;
  }
  if (before !== undefined) yield* outcomes(before, removals);
}

/** Sessions that are not where they were, or why they are. */
interface Taken {
  batch: { due: Due; name: string; problem: string | undefined }[];
  round: Round;
}

function* outcomes({ batch, round }: Taken, removals: Removals): Generator<Pruned> {
  const removed = removals.finish(round);
  for (const { due, name, problem } of batch) {
    if (problem === gone) continue;
    const { freed, left } = removed.get(name) ?? { freed: 0 };
    const why = problem ?? (left === undefined ? undefined : `not all of it is gone: ${left}`);
    yield { due, freed, ...(why === undefined ? {} : { problem: why }) };
  }
}

/** Somebody else has pruned it meanwhile: nothing that went wrong. */
const gone = "it is gone already";

function archiving(layout: Layout, record: SessionRecord): string | undefined {
  try {
    writeArchive(layout, record);
    return undefined;
  } catch (error) {
    const directory = `${layout.sessions}/${record.id}`;
    return lstatSync(directory, { throwIfNoEntry: false }) ? explainFailure(error).message : gone;
  }
}

/** Why a session stays after all; undefined when it was moved. */
function take(layout: Layout, { id, resumedAt }: SessionRecord, to: string): string | undefined {
  const directory = `${layout.sessions}/${id}`;
  const facts = lstatSync(directory, { throwIfNoEntry: false });
  if (facts === undefined) return gone;
  if (!facts.isDirectory() || facts.uid !== process.getuid!()) return "it is no directory of this user";
  const now = readRecord(directory);
  if (now === undefined || "unreadable" in now) return "its record cannot be read any more";
  if (sessionLiveness(layout, now) !== "dead") return "it is live";
  if (now.resumedAt !== resumedAt) return "it was resumed meanwhile";
  if (isPinned(layout, id)) return "it was pinned meanwhile";
  try {
    renameSync(directory, to);
  } catch (error) {
    const code = errno(error);
    return code === "EXDEV"
      ? `${layout.ops} is on another disk than the sessions`
      : `it cannot be moved: ${code}`;
  }
  dropName(layout, now.name, id);
  delist(layout, id);
  return undefined;
}
