import { Failure } from "../errors.ts";
import { find } from "./find.ts";
import type { Layout } from "./paths.ts";
import type { SessionRecord } from "./record.ts";

/**
 * The one session that a name or UUID means, as `find` does; one that was pruned is brought back first.
 * @throws what `find` throws; Failure when several pruned ones have the name
 */
export async function findOrBringBack(layout: Layout, which: string): Promise<SessionRecord> {
  return await unlessPruned(layout, which, () => find(layout, which));
}

/** Times that a session is brought back which a cleanup takes away again at once. */
const most = 5;

/** Does something with a session; where it was pruned, at this very moment perhaps, brings it back and does it again. */
export async function unlessPruned<T>(layout: Layout, which: string, work: () => T): Promise<T> {
  for (let time = 1;; time++) {
    try {
      return work();
    } catch (error) {
      if (which === "" || time > most || !isMissing(error)) throw error;
      // Only here: a start has no time for what it seldom needs.
      const { restore } = await import("../cleanup/restore.ts");
      try {
        restore(layout, which);
      } catch (other) {
        throw other instanceof Failure && other.code === "not-pruned" ? error : other;
      }
    }
  }
}

const isMissing = (error: unknown) => error instanceof Failure && error.code === "no-session";
