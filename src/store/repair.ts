import { chmodSync, closeSync, copyFileSync, existsSync, openSync, renameSync, rmSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import { exclusively } from "../runtime/lock.ts";
import { type Backup, backups, faultIn, flush } from "./backup.ts";
import { migrate } from "./migrate.ts";
import { openExisting } from "./open.ts";
import { salvage, type Salvaged } from "./salvage.ts";
import { isBusy } from "./sqlite_errors.ts";
import { temporaryFor } from "./temporary.ts";

/** What became of a database that was damaged or lost. */
export interface Repair {
  fault: string;
  /** Where the damaged file is now; missing where there was none. */
  aside?: string;
  /** What it was restored from; missing when there was no whole backup, and all began anew. */
  from?: Backup;
  /** What was taken over from the damaged file. */
  salvaged?: Salvaged;
}

/**
 * Sets a damaged database aside and puts its last whole backup in place, with all that can be read of the damaged one.
 * Undefined when there is nothing wrong with it
 * (any more): of several who find the damage one does it. Others that have the old file open notice and open the new one.
 */
export function repair(directory: string, path: string): Repair | undefined {
  return exclusively(`${directory}/repairing`, 60_000, () => {
    const fault = existsSync(path) ? faultIn(path) : "the file was gone";
    if (fault === undefined || /is locked/.test(fault)) return undefined;
    const from = backups(path).find((backup) => faultIn(backup.path) === undefined);
    const aside = existsSync(path) ? `${path}.damaged-${stamp()}` : undefined;
    const restored = temporaryFor(path);
    const held = keepWritersOut(path);
    try {
      const done = prepare(restored, from, path, { fault, aside });
      setAside(path, aside ?? `${path}.lost-${stamp()}`);
      renameSync(restored, path);
      flush(directory);
      return done;
    } finally {
      held?.close();
    }
  });
}

const stamp = () => new Date().toISOString().replace(/[-:.]/g, "");

/** The file that takes the place of the damaged one, with a word in its events about what happened. */
function prepare(
  path: string,
  from: Backup | undefined,
  damaged: string,
  { fault, aside }: { fault: string; aside: string | undefined },
): Repair {
  for (const end of ["", "-wal", "-shm"]) rmSync(path + end, { force: true });
  if (from !== undefined) copyFileSync(from.path, path);
  closeSync(openSync(path, "a", 0o600));
  chmodSync(path, 0o600);
  const sqlite = openExisting(path);
  try {
    sqlite.exec("PRAGMA journal_mode = WAL");
    migrate(sqlite, path);
    const done: Repair = {
      fault,
      ...(aside === undefined ? {} : { aside, salvaged: salvage(damaged, sqlite) }),
      ...(from === undefined ? {} : { from }),
    };
    sqlite.prepare("INSERT INTO events (at, type, message, data, source) VALUES (?, ?, ?, ?, ?)")
      .run(new Date().toISOString(), "database-restored", sentence(done), JSON.stringify(done), "claude-ops");
    return done;
  } finally {
    sqlite.close();
    flush(path);
  }
}

/** What happened, for people. */
export function sentence({ fault, from, salvaged = {} }: Repair): string {
  const backup = from === undefined ? "there was no backup" : `restored as of ${from.takenAt}`;
  const tables = Object.entries(salvaged).filter(([, { rows }]) => rows > 0);
  const rows = tables.map(([table, { rows, complete }]) =>
    `${complete ? "all" : "only"} ${rows} of ${table}`
  );
  const read = rows.length === 0 ? "nothing could be read of it" : `taken over from it: ${rows.join(", ")}`;
  return `the database was damaged (${fault.split("\n")[0]}); ${backup}; ${read}`;
}

/** With its journal: together they are what can be saved, and the new file must not meet the old one's journal. */
function setAside(path: string, aside: string): void {
  for (const end of ["", "-wal", "-shm"]) {
    if (existsSync(path + end)) renameSync(path + end, aside + end);
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
