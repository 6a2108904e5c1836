import { existsSync, readdirSync, rmSync } from "node:fs";
import { explainFailure } from "../errors.ts";
import { backUp, backups } from "./backup.ts";
import { repair, sentence } from "./repair.ts";
import { isDamaged } from "./sqlite_errors.ts";

/** Somewhat less than a day, so that a timer that is early does not skip one. */
const often = 20 * 3_600_000;
/** How many damaged files are kept, for whoever wants to look at them. */
const keptDamaged = 3;

/**
 * Takes the backup of the day of the database in `directory`, if there is one and none was taken today. Copying reads all
 * of it, so damage that nobody met yet is found here and repaired.
 * @returns what went wrong, in words
 */
export function backUpDaily(directory: string, now: number = Date.now()): string | undefined {
  const path = `${directory}/state.db`;
  const [last] = backups(path);
  if (!existsSync(path) || (last !== undefined && now - Date.parse(last.takenAt) < often)) return undefined;
  try {
    backUp(path);
    forgetDamaged(directory);
    return undefined;
  } catch (error) {
    const done = isDamaged(error) ? repair(directory, path) : undefined;
    if (done === undefined) return explainFailure(error).message;
    return `${sentence(done)}; the damaged file is ${done.aside}`;
  }
}

function forgetDamaged(directory: string): void {
  for (const stem of damagedFiles(directory).slice(keptDamaged)) {
    for (const end of ["", "-wal", "-shm"]) rmSync(`${directory}/${stem}${end}`, { force: true });
  }
}

/** Names of the damaged databases that were set aside, newest first. */
export function damagedFiles(directory: string): string[] {
  if (!existsSync(directory)) return [];
  return readdirSync(directory).filter((name) => /^state\.db\.damaged-\d+T\d+Z$/.test(name)).sort().reverse();
}
