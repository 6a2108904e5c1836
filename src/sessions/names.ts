import { mkdirSync, readlinkSync, rmdirSync, symlinkSync } from "node:fs";
import { errno } from "../errors.ts";
import { namesIn, removeFile } from "../runtime/files.ts";
import { underStartLock } from "./start_lock.ts";
import { isId } from "./id.ts";
import type { Layout } from "./paths.ts";
import { sessionLiveness } from "./presence.ts";
import { readRecord, type SessionRecord } from "./record.ts";

/**
 * Who has and had a name: `ops/names/<name>/<number> -> <uuid>`, the highest number being whose it is now. A link with
 * a certain number can be made once, so of several who want a name one gets it. The records stay the truth.
 */
const placeOf = (layout: Layout, name: string) => `${layout.names}/${name}`;

/**
 * Makes a name this session's own, whose record has been written. Undefined when it has it now, else the live session
 * that has it.
 */
export function takeName(layout: Layout, name: string, id: string): SessionRecord | undefined {
  const place = placeOf(layout, name);
  let isNew = mkdirSync(place, { recursive: true, mode: 0o700 }) !== undefined;
  for (;; isNew = false) {
    const last = isNew ? 0 : numbersOf(place).at(-1) ?? 0;
    const holder = last === 0 ? undefined : holderOf(layout, place, last);
    if (holder?.id === id) return undefined;
    if (holder?.name === name && sessionLiveness(layout, holder) !== "dead") return holder;
    try {
      symlinkSync(id, `${place}/${last + 1}`);
      return undefined;
    } catch (error) {
      // Somebody was faster, or a cleanup took the empty directory away.
      if (errno(error) === "ENOENT") mkdirSync(place, { recursive: true, mode: 0o700 });
      else if (errno(error) !== "EEXIST") throw error;
    }
  }
}

/** The sessions that have a name as far as the index knows, read from their records. */
export function indexedAs(layout: Layout, name: string): SessionRecord[] {
  const place = placeOf(layout, name);
  const known = numbersOf(place).flatMap((number) => holderOf(layout, place, number) ?? []);
  return [
    ...new Map(known.filter((record) => record.name === name).map((record) => [record.id, record])).values(),
  ];
}

/** Puts sessions of one name into the index that it has lost, live ones last: the name is theirs. */
export function indexAgain(layout: Layout, records: readonly SessionRecord[]): void {
  if (records.length === 0) return;
  const isLive = (record: SessionRecord) => sessionLiveness(layout, record) === "live";
  underStartLock(layout, () => {
    for (const { name, id } of [...records.filter((record) => !isLive(record)), ...records.filter(isLive)]) {
      takeName(layout, name, id);
    }
  });
}

/**
 * Takes a session that goes away out of the index, and with it a name that nobody has any more. Only under the lock of
 * all starts; the highest number goes last, so that none is given twice.
 */
export function dropName(layout: Layout, name: string, id: string): void {
  const place = placeOf(layout, name);
  const numbers = numbersOf(place);
  const others = numbers.some((number) => {
    const other = target(place, number);
    return other !== undefined && other !== id && recordOf(layout, other)?.name === name;
  });
  for (const number of others ? numbers.slice(0, -1) : numbers) {
    if (!others || target(place, number) === id) removeFile(`${place}/${number}`);
  }
  if (others) return;
  try {
    rmdirSync(place);
  } catch {
    // It was never there, or somebody put something else into it.
  }
}

function numbersOf(place: string): number[] {
  return namesIn(place).map(Number).filter((number) => Number.isSafeInteger(number) && number > 0)
    .sort((a, b) => a - b);
}

function holderOf(layout: Layout, place: string, number: number): SessionRecord | undefined {
  const id = target(place, number);
  return id === undefined ? undefined : recordOf(layout, id);
}

function target(place: string, number: number): string | undefined {
  try {
    const id = readlinkSync(`${place}/${number}`);
    return isId(id) ? id : undefined;
  } catch {
    return undefined;
  }
}

function recordOf(layout: Layout, id: string): SessionRecord | undefined {
  const record = readRecord(`${layout.sessions}/${id}`);
  return record === undefined || "unreadable" in record ? undefined : record;
}
