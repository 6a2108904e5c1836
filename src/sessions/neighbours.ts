import { loadConfig } from "../config/load.ts";
import type { Ground, Wish } from "./ground.ts";
import { conflictsIn } from "./conflicts.ts";
import type { LiveSession } from "./live.ts";
import { others } from "./others.ts";
import type { Layout } from "./paths.ts";
import { settle } from "./settle.ts";
import { freeBranch, makeWorktree } from "./worktree.ts";

/**
 * Makes the worktree that was asked for, looks who else works there, and says so or asks, as `sessions.conflicts` wants
 * it. Nothing but that worktree is made before this returns.
 * @throws Failure when the worktree cannot be made, or the person or the configuration does not want to go on
 */
export async function meetNeighbours(
  layout: Layout,
  live: readonly LiveSession[],
  { cwd, name, worktree, movable }: Wish,
): Promise<Pick<Ground, "cwd" | "undo">> {
  const tree = worktree === undefined ? undefined : makeWorktree(cwd, worktree);
  const undo = () => {
    if (tree === undefined) return;
    process.chdir(cwd);
    tree.undo();
  };
  try {
    if (tree !== undefined) process.chdir(tree.path);
    const found = conflictsIn(tree?.path ?? cwd, others(layout, live));
    if (found.level !== "safe") {
      const { conflicts } = (await loadConfig({ system: false })).sessions;
      const way = movable && tree === undefined && found.place.git !== undefined
        ? () => freeBranch(cwd, name)
        : undefined;
      const branch = settle(found, conflicts, way);
      if (branch !== undefined) {
        return await meetNeighbours(layout, live, { cwd, name, worktree: branch, movable });
      }
    }
    return { cwd: tree?.path ?? cwd, undo };
  } catch (error) {
    undo();
    throw error;
  }
}

/** Says who came at the same moment, or refuses: the session is half made, so that it is too late to ask. */
export async function meetNewcomers(layout: Layout, newcomers: readonly LiveSession[]): Promise<void> {
  const met = others(layout, newcomers).filter(({ kind }) => kind === "session");
  const found = conflictsIn(process.cwd(), met);
  if (found.level === "safe") return;
  const { conflicts } = (await loadConfig({ system: false })).sessions;
  settle(found, conflicts === "ask" ? "warn" : conflicts, undefined);
}
