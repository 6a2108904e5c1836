import { existsSync } from "node:fs";
import { backups, faultIn } from "../../store/backup.ts";
import { damagedFiles } from "../../store/daily_backup.ts";
import type { Check } from "../resource.ts";

const day = 86_400_000;

/** What sessions share, by SQLite's own check of the whole file. */
export function database(ops: string): Check {
  const path = `${ops}/state.db`;
  return {
    id: "database",
    title: "shared database",
    why: "claims, shared values, tasks and memories are in it",
    needs: ["file-system"],
    fix: [["claude-ops", "cleanup"]],
    read() {
      const fault = existsSync(path) ? faultIn(path) : undefined;
      return Promise.resolve(
        fault === undefined ? null : { expected: "a whole file", actual: `${path}: ${fault}` },
      );
    },
  };
}

/** That the daily one is taken. */
export function databaseBackup(ops: string): Check {
  const path = `${ops}/state.db`;
  return {
    id: "database-backup",
    title: "backup of the shared database",
    why: "a damaged database is restored from the last one",
    severity: "warning",
    needs: ["database"],
    fix: [["claude-ops", "cleanup"]],
    read() {
      const last = backups(path)[0]?.takenAt;
      // A new one is backed up the next time that the timer runs.
      if (!existsSync(path) || last === undefined || Date.now() - Date.parse(last) < 3 * day) {
        return Promise.resolve(null);
      }
      return Promise.resolve({ expected: "one of the last three days", actual: `the last is of ${last}` });
    },
  };
}

/** Repair happens by itself; somebody should know of it. */
export function damagedDatabase(ops: string): Check {
  return {
    id: "damaged-database",
    title: "damaged databases",
    why:
      "what was written after the last backup and could not be read is only in the damaged file: remove it when nothing is missed",
    severity: "warning",
    read() {
      const paths = damagedFiles(ops).map((name) => `${ops}/${name}`);
      const [last] = paths;
      return Promise.resolve(
        last === undefined ? null : { expected: "none was set aside", actual: last, fix: [["rm", ...paths]] },
      );
    },
  };
}
