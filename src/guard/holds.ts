import { mkdirSync, readFileSync, renameSync, unlinkSync, writeFileSync } from "node:fs";
import { errno, Failure } from "../errors.ts";
import { namesIn } from "../runtime/files.ts";
import { exclusively } from "../runtime/lock.ts";
import type { Layout } from "../sessions/paths.ts";
import type { Holder } from "./holder.ts";

/** That a session edits a file. Times are milliseconds since 1970. */
export interface Hold {
  /** The real path, without links. */
  path: string;
  by: Holder;
  /** Its first edit. */
  since: number;
  /** When it last was about to edit. */
  intended: number;
  /** When it last had edited; missing while the first edit is still ahead. */
  edited?: number;
  /** Sessions that wanted the file and were told who has it. */
  told?: { to: Holder; at: number }[];
}

/** Milliseconds that a change waits for another one of the same few files. */
const patience = 1000;

/**
 * What is held, in `ops/held/<two digits>.json`: files by a hash of their path, so that an edit reads and writes one
 * small file, however much is held and whatever happened before. Each is replaced whole under a lock of its own.
 */
export function holdsOf(layout: Layout, path: string): Hold[] {
  return read(`${layout.held}/${bucket(path)}.json`);
}

/** All that is held, by anybody. Costs up to 256 small files. */
export function allHolds(layout: Layout): Hold[] {
  return buckets(layout).flatMap((name) => read(`${layout.held}/${name}.json`));
}

/**
 * Changes what is held of a path, with nobody in between.
 * @param change gets all holds that share its file and returns those that are to stay
 * @throws Failure for a file that cannot be read, or a lock that is not let go
 */
export function changeHolds(layout: Layout, path: string, change: (holds: Hold[]) => Hold[]): void {
  changeBucket(layout, bucket(path), change);
}

/** The same for all that is held, one file after the other. */
export function changeAllHolds(layout: Layout, change: (holds: Hold[]) => Hold[]): void {
  for (const name of buckets(layout)) changeBucket(layout, name, change);
}

function changeBucket(layout: Layout, name: string, change: (holds: Hold[]) => Hold[]): void {
  const file = `${layout.held}/${name}.json`;
  exclusively(`${layout.held}/${name}.lock`, patience, () => {
    const before = read(file);
    const after = change(before);
    if (after === before) return;
    if (after.length === 0) return remove(file);
    // Whose process dies takes its holds along, so nothing has to survive a power cut.
    const next = `${layout.held}/${name}.next`;
    writeFileSync(next, JSON.stringify(after), { mode: 0o600 });
    renameSync(next, file);
  });
}

function read(file: string): Hold[] {
  try {
    const holds: unknown = JSON.parse(readFileSync(file, "utf8"));
    if (Array.isArray(holds) && holds.every(isHold)) return holds;
  } catch (error) {
    if (errno(error) === "ENOENT") return [];
  }
  setAside(file);
  throw new Failure(`what sessions hold cannot be read: ${file}`, {
    hint: "it was set aside; what it said counts no more",
    code: "held-damaged",
  });
}

function isHold(value: unknown): value is Hold {
  const { path, by, since, intended, edited, told = [] } = Object(value) as Partial<Hold>;
  return typeof path === "string" && typeof by?.name === "string" && typeof by.identity?.pid === "number" &&
    typeof since === "number" && typeof intended === "number" &&
    (edited === undefined || typeof edited === "number") && Array.isArray(told) &&
    told.every((one) => typeof Object(one).at === "number" && typeof one.to?.identity?.pid === "number");
}

function setAside(file: string): void {
  try {
    renameSync(file, `${file}.damaged`);
  } catch {
    // the next one to look says it again
  }
}

/** Makes sure of the directory; every change needs it, and only the first one makes it. */
export function ensureHeld(layout: Layout): void {
  try {
    mkdirSync(layout.held, { mode: 0o700, recursive: true });
  } catch (error) {
    if (errno(error) !== "EEXIST") throw error;
  }
}

function buckets(layout: Layout): string[] {
  return namesIn(layout.held).flatMap((name) => /^([0-9a-f]{2})\.json$/.exec(name)?.[1] ?? []);
}

/** Two digits of FNV-1a. Without regard to case, so that two spellings of one file meet where case does not count. */
function bucket(path: string): string {
  let hash = 0x811c9dc5;
  for (const letter of path.toLowerCase()) hash = Math.imul(hash ^ letter.codePointAt(0)!, 0x01000193);
  return ((hash >>> 8 ^ hash) & 0xff).toString(16).padStart(2, "0");
}

function remove(file: string): void {
  try {
    unlinkSync(file);
  } catch (error) {
    if (errno(error) !== "ENOENT") throw error;
  }
}
