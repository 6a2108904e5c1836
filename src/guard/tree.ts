import { dirname } from "node:path";
import type { Layout } from "../sessions/paths.ts";
import { placeOf, sameDirectory } from "../sessions/project.ts";
import { type Holder, isSameHolder } from "./holder.ts";
import { allHolds, type Hold } from "./holds.ts";
import { isCommitted, stands } from "./standing.ts";
import { release } from "./guard.ts";

/** What others than `me` edit in a working tree, as far as it still stands. */
export function heldInTree(
  layout: Layout,
  worktree: string,
  idle: number,
  me?: Holder,
): Hold[] {
  const now = Date.now();
  return allHolds(layout).filter((hold) =>
    !(me && isSameHolder(hold.by, me)) && isInTree(hold, worktree) && stands(layout, hold, idle, now)
  );
}

/** Lets go of what a session holds in a working tree and has committed. */
export function releaseCommitted(layout: Layout, me: Holder, worktree: string): Hold[] {
  return release(layout, me, (hold) => isInTree(hold, worktree) && isCommitted(hold.path));
}

/** Files of exactly this tree: one of a worktree or repository inside of it is not its own. */
function isInTree({ path }: Hold, worktree: string): boolean {
  return path.startsWith(worktree === "/" ? "/" : `${worktree}/`) &&
    sameDirectory(placeOf(dirname(path)).worktree, worktree);
}
