import { chmodSync, closeSync, copyFileSync, existsSync, openSync, renameSync, rmSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import { exclusively } from "../runtime/lock.ts";
import { type Backup, backups, faultIn, flush } from "./backup.ts";
import { migrate } from "./migrate.ts";
import { openExisting } from "./open.ts";
import { isBusy } from "./sqlite_errors.ts";
import { temporaryFor } from "./temporary.ts";

/** What became of a database that was damaged or lost. */
export interface Repair {
  fault: string;
  /** Where the damaged file is now; missing where there was none. */
  aside?: string;
  /** What it was restored from; missing when there was no whole backup, and all began anew. */
  from?: Backup;
}

/**
 * Sets a damaged database aside and puts its last whole backup in place. Undefined when there is nothing wrong with it
 * (any more): of several who find the damage one does it. Others that have the old file open notice and open the new one.
 */
export function repair(directory: string, path: string): Repair | undefined {
  return exclusively(`${directory}/repairing`, 60_000, () => {
    const fault = existsSync(path) ? faultIn(path) : "the file was gone";
    if (fault === undefined || /is locked/.test(fault)) return undefined;
    const from = backups(path).find((backup) => faultIn(backup.path) === undefined);
    const aside = existsSync(path) ? `${path}.damaged-${stamp()}` : undefined;
    const done = {
      fault,
      ...(aside === undefined ? {} : { aside }),
      ...(from === undefined ? {} : { from }),
    };
    const restored = temporaryFor(path);
    prepare(restored, from, done);
    setAside(path, aside ?? `${path}.lost-${stamp()}`);
    renameSync(restored, path);
    flush(directory);
    return done;
  });
}

const stamp = () => new Date().toISOString().replace(/[-:.]/g, "");

/** The file that takes the place of the damaged one, with a word in its events about what happened. */
function prepare(path: string, from: Backup | undefined, done: Repair): void {
  for (const end of ["", "-wal", "-shm"]) rmSync(path + end, { force: true });
  if (from !== undefined) copyFileSync(from.path, path);
  closeSync(openSync(path, "a", 0o600));
  chmodSync(path, 0o600);
  const sqlite = openExisting(path);
  try {
    sqlite.exec("PRAGMA journal_mode = WAL");
    migrate(sqlite, path);
    const message = from === undefined
      ? "the database was damaged and there was no backup: it began anew"
      : `the database was damaged and restored from the backup of ${from.takenAt}`;
    sqlite.prepare("INSERT INTO events (at, type, message, data, source) VALUES (?, ?, ?, ?, ?)")
      .run(new Date().toISOString(), "database-restored", message, JSON.stringify(done), "claude-ops");
  } finally {
    sqlite.close();
  }
  flush(path);
}

/** With its journal: together they are what can be saved, and the new file must not meet the old one's journal. */
function setAside(path: string, aside: string): void {
  const held = keepWritersOut(path);
  try {
    for (const end of ["", "-wal", "-shm"]) {
      if (existsSync(path + end)) renameSync(path + end, aside + end);
    }
  } finally {
    held?.close();
  }
}

/** Who is in the middle of a transaction ends it first, as far as the damaged file allows. */
function keepWritersOut(path: string): DatabaseSync | undefined {
  let sqlite: DatabaseSync | undefined;
  try {
    sqlite = openExisting(path);
    sqlite.exec("PRAGMA busy_timeout = 10000");
    sqlite.exec("BEGIN IMMEDIATE");
    return sqlite;
  } catch (error) {
    sqlite?.close();
    if (isBusy(error)) throw error;
    return undefined;
  }
}
