import type { DatabaseSync } from "node:sqlite";
import { Failure } from "../errors.ts";
import { migrations } from "./schema.ts";

/**
 * Brings a database to the schema of this program. Many may do so at once: one does, the others find it done.
 * @param before called when there is something in it that is going to change
 * @throws Failure when a newer claude-ops has changed it; an error of SQLite when others are in the way
 */
export function migrate(sqlite: DatabaseSync, path: string, before: () => void = () => {}): void {
  const seen = versionOf(sqlite);
  if (seen === migrations.length) return;
  if (seen > migrations.length) {
    throw new Failure(`${path} was made by a newer claude-ops (format ${seen}, known ${migrations.length})`, {
      hint: "use the newer claude-ops; claude-ops version --verbose tells which one this is",
      code: "newer-database",
    });
  }
  if (seen > 0) before();
  // It stays with the file. Not inside a transaction.
  sqlite.exec("PRAGMA journal_mode = WAL");
  sqlite.exec("BEGIN IMMEDIATE");
  try {
    for (const sql of migrations.slice(versionOf(sqlite))) sqlite.exec(sql);
    sqlite.exec(`PRAGMA user_version = ${migrations.length}`);
    sqlite.exec("COMMIT");
  } catch (error) {
    if (sqlite.isTransaction) sqlite.exec("ROLLBACK");
    throw error;
  }
}

function versionOf(sqlite: DatabaseSync): number {
  return Number((sqlite.prepare("PRAGMA user_version").get() as { user_version: number }).user_version);
}
