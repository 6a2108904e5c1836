import { freeBranch } from "./branch.ts";
import { conflictsIn } from "./conflicts.ts";
import type { Ground, Wish } from "./ground.ts";
import type { LiveSession } from "./live.ts";
import { others } from "./others.ts";
import type { Layout } from "./paths.ts";
import type { Settings } from "./settings.ts";
import { ConflictAhead, settle } from "./settle.ts";
import { makeWorktree } from "./worktree.ts";

/**
 * Makes the worktree that was asked for, looks who else works there, and says so or wants to be asked, as
 * `sessions.conflicts` has it. When this throws, that worktree is gone again.
 * @throws Failure when the worktree cannot be made, or there is a conflict to be asked about or refused
 */
export function meetNeighbours(
  layout: Layout,
  live: readonly LiveSession[],
  { cwd, name, worktree, movable }: Wish,
  mode: Settings["conflicts"],
): Pick<Ground, "cwd" | "undo"> {
  const tree = worktree === undefined ? undefined : makeWorktree(cwd, worktree);
  const undo = () => {
    if (tree === undefined) return;
    process.chdir(cwd);
    tree.undo();
  };
  try {
    if (tree !== undefined) process.chdir(tree.path);
    const found = conflictsIn(tree?.path ?? cwd, others(layout, live));
    const branch = () =>
      movable && tree === undefined && found.place.git !== undefined ? freeBranch(cwd, name) : undefined;
    settle(found, mode, (message, hint) => new ConflictAhead(message, hint, name, branch()));
    return { cwd: tree?.path ?? cwd, undo };
  } catch (error) {
    undo();
    throw error;
  }
}

/** Says who came at the same moment, or refuses: the session is half made, so that it is too late to ask. */
export function meetNewcomers(
  layout: Layout,
  newcomers: readonly LiveSession[],
  mode: Settings["conflicts"],
): void {
  const met = others(layout, newcomers).filter(({ kind }) => kind === "session");
  settle(conflictsIn(process.cwd(), met), mode);
}
