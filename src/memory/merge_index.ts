import type { Database } from "../store/database.ts";

/** Parts that a search still looks through quickly; FTS5 itself lets them grow to twice and three times as many. */
const enough = 6;
/** Pages of the index that are written at once, so that others wait for a tenth of a second at most. */
const pages = 500;

/**
 * Makes one of the parts by which the full-text index grew, when they are many: each search looks into all of them. FTS5
 * says by its changes whether anything was left to do (SQLite documentation, FTS5, "The 'merge' Command").
 */
export function mergeIndex(database: Database): void {
  const { parts } = database.get<{ parts: number }>(
    "SELECT count(DISTINCT segid) parts FROM memory_text_idx",
  )!;
  if (parts <= enough) return;
  // A negative number begins to merge all of them.
  for (let next = -pages; merged(database, next); next = pages);
}

function merged(database: Database, most: number): boolean {
  const changes = () => database.get<{ total: number }>("SELECT total_changes() total")!.total;
  return database.write(() => {
    const before = changes();
    database.run("INSERT INTO memory_text (memory_text, rank) VALUES ('merge', ?)", most);
    return changes() - before >= 2;
  }, { durable: false });
}
