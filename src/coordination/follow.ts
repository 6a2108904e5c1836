import { listenForChanges } from "../store/changes.ts";
import type { Database } from "../store/database.ts";

/** Milliseconds after which one looks even though nothing was heard of. */
const heartbeat = 1000;
/** Many writes in a row are looked at together. */
const rest = 10;

/** What `look` finds each time it finds something, now and whenever the database changes, without end. */
export async function* follow<T>(db: Database, look: () => readonly T[]): AsyncGenerator<readonly T[]> {
  const changes = listenForChanges(db.directory);
  try {
    for (;;) {
      const found = look();
      if (found.length > 0) yield found;
      else {
        await changes.next(heartbeat);
        await new Promise((resolve) => setTimeout(resolve, rest));
      }
    }
  } finally {
    changes.close();
  }
}

/**
 * Tries until something comes of it, and at least once. Undefined: nothing did in time.
 * @param patience milliseconds; Infinity to wait for as long as it takes
 * @param pulse milliseconds after which to try again though nothing changed in the database: processes may have ended
 */
export async function waitFor<T>(
  db: Database,
  patience: number,
  attempt: () => T | undefined,
  pulse: number = heartbeat,
): Promise<T | undefined> {
  const first = attempt();
  if (first !== undefined || patience <= 0) return first;
  const deadline = performance.now() + patience;
  const changes = listenForChanges(db.directory);
  try {
    for (;;) {
      const result = attempt();
      if (result !== undefined) return result;
      const left = deadline - performance.now();
      if (left <= 0) return undefined;
      await changes.next(Math.min(pulse, left));
    }
  } finally {
    changes.close();
  }
}
