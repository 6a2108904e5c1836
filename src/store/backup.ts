import { chmodSync, closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { namesIn } from "../runtime/files.ts";
import { openExisting } from "./open.ts";
import { temporaryFor } from "./temporary.ts";

/** How many are kept. */
const kept = 7;

export interface Backup {
  path: string;
  /** ISO 8601, as it stands in the name. */
  takenAt: string;
}

const directoryOf = (path: string) => join(dirname(path), "backups");

/** The backups of a database, newest first. */
export function backups(path: string): Backup[] {
  const stem = basename(path, ".db");
  return namesIn(directoryOf(path)).flatMap((name) => {
    const [, stamp, fraction] = name.match(/^(?:[^]*)-(\d{8}T\d{6})(\d{3})Z\.db$/) ?? [];
    if (stamp === undefined || !name.startsWith(`${stem}-`)) return [];
    const [, y, m, d, h, min, s] = stamp.match(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)$/)!;
    return [{
      path: join(directoryOf(path), name),
      takenAt: `${y}-${m}-${d}T${h}:${min}:${s}.${fraction}Z`,
    }];
  }).sort((a, b) => a.takenAt < b.takenAt ? 1 : -1);
}

/**
 * Takes a backup of a database that may be in use, looks whether it is whole, and lets the oldest go.
 * @throws an error of SQLite; a Failure-free throw leaves the earlier backups as they were
 */
export function backUp(path: string): Backup {
  mkdirSync(directoryOf(path), { recursive: true, mode: 0o700 });
  const takenAt = new Date().toISOString();
  const target = join(
    directoryOf(path),
    `${basename(path, ".db")}-${takenAt.replace(/[-:.]/g, "")}.db`,
  );
  const temporary = temporaryFor(target);
  rmSync(temporary, { force: true });
  const sqlite = openExisting(path);
  try {
    sqlite.exec("PRAGMA busy_timeout = 30000");
    sqlite.prepare("VACUUM INTO ?").run(temporary);
  } finally {
    sqlite.close();
  }
  chmodSync(temporary, 0o600);
  const fault = faultIn(temporary);
  if (fault !== undefined) {
    rmSync(temporary);
    throw new Error(`the backup of ${path} is not whole: ${fault}`);
  }
  flush(temporary);
  renameSync(temporary, target);
  flush(directoryOf(path));
  for (const { path: old } of backups(path).slice(kept)) rmSync(old, { force: true });
  return { path: target, takenAt };
}

/** What is wrong with a database file that nobody changes, by SQLite's own check; undefined when nothing is. */
export function faultIn(path: string): string | undefined {
  let sqlite: DatabaseSync | undefined;
  try {
    sqlite = openExisting(path);
    const rows = sqlite.prepare("PRAGMA integrity_check(3)").all() as { integrity_check: string }[];
    const said = rows.map(({ integrity_check }) => integrity_check).join("\n").split("\n").slice(0, 3).join(
      "; ",
    );
    return said === "ok" ? undefined : said;
  } catch (error) {
    return (error as Error).message;
  } finally {
    sqlite?.close();
  }
}

/** Waits until a file is on the disk. */
export function flush(path: string): void {
  const descriptor = openSync(path, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
