import { readdirSync } from "node:fs";
import { versionsRoots } from "../claude/executable.ts";
import { ownClaudeProcesses } from "../claude/processes.ts";
import { type LiveSession, liveSessions } from "./live.ts";
import type { Layout } from "./paths.ts";

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
  /** The branch of a worktree to work in, made where it is not there. */
  worktree?: string;
  /** A session that starts can go to a worktree of its own, one that is resumed stays where it was. */
  movable: boolean;
}

/**
 * Takes the place where a session is going to work. Who is alone on the host pays for nothing but the look around.
 * @throws Failure as `meetNeighbours` does
 */
export async function takeGround(
  layout: Layout,
  live: readonly LiveSession[],
  wish: Wish,
): Promise<Ground> {
  const lookAgain = async () => {
    const fresh = newcomers(layout, live);
    if (fresh.length > 0) await (await import("./neighbours.ts")).meetNewcomers(layout, fresh);
  };
  if (wish.worktree === undefined && isAlone(layout, live)) return { cwd: wish.cwd, undo() {}, lookAgain };
  const { meetNeighbours } = await import("./neighbours.ts");
  return { ...await meetNeighbours(layout, live, wish), lookAgain };
}

function isAlone(layout: Layout, live: readonly LiveSession[]): boolean {
  return live.length === 0 && !hasEntries(layout.registered) &&
    ownClaudeProcesses(versionsRoots(layout.home, process.env)).length === 0;
}

function newcomers(layout: Layout, known: readonly LiveSession[]): LiveSession[] {
  const before = new Set(known.map(({ record }) => record.id));
  return liveSessions(layout).filter(({ record }) =>
    !before.has(record.id) && record.identity.pid !== process.pid
  );
}

function hasEntries(directory: string): boolean {
  try {
    return readdirSync(directory).length > 0;
  } catch {
    return false;
  }
}
