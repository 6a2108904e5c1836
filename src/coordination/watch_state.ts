import type { Database } from "../store/database.ts";
import { follow } from "./follow.ts";
import { changesAfter, type Entry } from "./state.ts";

/**
 * The entries of a scope, or the one of a key, as they are and then as they change, without end; a deleted one has no
 * value. Of several changes of one key in a moment the last is told.
 */
export async function* watchState(
  db: Database,
  scope: string,
  { key, after = 0 }: { key?: string; after?: number } = {},
): AsyncGenerator<Entry> {
  const first = after === 0;
  const start = db.get<{ last: number | null }>("SELECT max(version) AS last FROM state")?.last ?? 0;
  for await (const found of follow(db, () => changesAfter(db, scope, after, key))) {
    for (const entry of found) {
      after = entry.version;
      // What was deleted before one began to watch is no news.
      if (first && after <= start && !("value" in entry)) continue;
      yield entry;
    }
  }
}
