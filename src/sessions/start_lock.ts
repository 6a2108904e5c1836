import { exclusively } from "../runtime/lock.ts";
import type { Layout } from "./paths.ts";

/** How long to wait for others (ms): what is done under this lock takes milliseconds. */
const patience = 10_000;

/**
 * Runs `work` while nobody else starts, names, pins, prunes or restores a session of this user.
 * @throws Failure of exit status 75 when others take too long
 */
export function underStartLock<T>(layout: Layout, work: () => T): T {
  return exclusively(layout.starting, patience, work);
}
