import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { underStartLock } from "./start_lock.ts";
import { isId } from "./id.ts";
import type { Layout } from "./paths.ts";

/**
 * Keeps a session from cleanup, or no longer. Under the lock of all starts, so that a session that is being pruned is
 * either gone before or stays.
 * @param check what has to hold under the lock; its failure leaves everything as it was
 * @returns whether that changed anything
 */
export function setPinned(layout: Layout, id: string, pinned: boolean, check: () => void): boolean {
  return underStartLock(layout, () => {
    check();
    if (isPinned(layout, id) === pinned) return false;
    if (pinned) {
      mkdirSync(layout.pinned, { recursive: true, mode: 0o700 });
      writeFileSync(`${layout.pinned}/${id}`, "", { mode: 0o600 });
    } else rmSync(`${layout.pinned}/${id}`, { force: true });
    return true;
  });
}

export function isPinned(layout: Layout, id: string): boolean {
  return existsSync(`${layout.pinned}/${id}`);
}

/** UUIDs of all sessions that are pinned, also of some that are gone. */
export function pinnedIds(layout: Layout): Set<string> {
  try {
    return new Set(readdirSync(layout.pinned).filter(isId));
  } catch {
    return new Set();
  }
}
