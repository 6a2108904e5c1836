import { loadConfig } from "../config/load.ts";
import { conflictsIn } from "./conflicts.ts";
import { type LiveSession, liveSessions } from "./live.ts";
import { others } from "./others.ts";
import type { Layout } from "./paths.ts";
import { freeBranch, makeWorktree } from "./worktree.ts";

/** Where a session is going to work. */
export interface Ground {
  cwd: string;
  /** Takes back a worktree that was made for it. */
  undo(): void;
  /** For when the session is in the live index: who came at the same moment could not be seen before. */
  lookAgain(): Promise<void>;
}

export interface Wish {
  cwd: string;
  /** The session's. */
  name: string;
  /** The branch, or the name, of a worktree to work in. */
  worktree?: string;
}

/**
 * Makes the worktree that was asked for, looks who else works there, and says so or asks, as `sessions.conflicts` wants
 * it. Nothing but that worktree is made before this returns. Whoever is alone feels nothing of it.
 * @param movable a session that starts can go to a worktree of its own, one that is resumed stays where it was
 * @throws Failure when the worktree cannot be made, or the person or the configuration does not want to go on
 */
export async function takeGround(
  layout: Layout,
  live: readonly LiveSession[],
  { cwd, name, worktree }: Wish,
  movable = true,
): Promise<Ground> {
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
      const { settle } = await import("./settle.ts");
      const way = movable && tree === undefined && found.place.git !== undefined
        ? () => freeBranch(cwd, name)
        : undefined;
      const branch = settle(found, conflicts, way);
      if (branch !== undefined) return await takeGround(layout, live, { cwd, name, worktree: branch });
    }
    return { cwd: tree?.path ?? cwd, undo, lookAgain: () => meetNewcomers(layout, live) };
  } catch (error) {
    undo();
    throw error;
  }
}

async function meetNewcomers(layout: Layout, known: readonly LiveSession[]): Promise<void> {
  const before = new Set(known.map(({ record }) => record.id));
  const fresh = liveSessions(layout).filter(({ record }) =>
    !before.has(record.id) && record.identity.pid !== process.pid
  );
  if (fresh.length === 0) return;
  const found = conflictsIn(process.cwd(), others(layout, fresh).filter(({ kind }) => kind === "session"));
  if (found.level === "safe") return;
  const { conflicts } = (await loadConfig({ system: false })).sessions;
  const { settle } = await import("./settle.ts");
  // The session is half made: too late to ask.
  settle(found, conflicts === "ask" ? "warn" : conflicts, undefined);
}
