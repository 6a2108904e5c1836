import { readdirSync } from "node:fs";
import { versionsRoots } from "../claude/executable.ts";
import { ownClaudeProcesses } from "../claude/processes.ts";
import { refuseWithoutRoom } from "./admission.ts";
import type { LiveSession } from "./live.ts";
import type { Layout } from "./paths.ts";
import type { Settings } from "./settings.ts";

/** Where a session is going to work. */
export interface Ground {
  cwd: string;
  /** Takes back a worktree that was made for it. */
  undo(): void;
  /**
   * Meets those that came after the look around, now that this session is seen by all who come later.
   * @param live all that were there when it was made, itself left out
   */
  lookAgain(live: readonly LiveSession[]): Promise<void>;
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
 * @param live all sessions that live
 * @throws Failure as `refuseWithoutRoom` and `meetNeighbours` do
 */
export async function takeGround(
  layout: Layout,
  live: readonly LiveSession[],
  wish: Wish,
  settings: Settings,
): Promise<Ground> {
  const known = new Set(live.map(({ record }) => record.id));
  const lookAgain = async (now: readonly LiveSession[]) => {
    const fresh = now.filter(({ record }) => !known.has(record.id));
    if (fresh.length === 0) return;
    (await import("./neighbours.ts")).meetNewcomers(layout, fresh, settings.conflicts);
  };
  if (wish.worktree === undefined && isAlone(layout, live)) return { cwd: wish.cwd, undo() {}, lookAgain };
  // Looked at once more when the session is made; here, before anybody is asked anything and a worktree is made.
  refuseWithoutRoom(layout, live, settings);
  const { meetNeighbours } = await import("./neighbours.ts");
  return { ...meetNeighbours(layout, live, wish, settings.conflicts), lookAgain };
}

function isAlone(layout: Layout, live: readonly LiveSession[]): boolean {
  return live.length === 0 && !hasEntries(layout.registered) &&
    ownClaudeProcesses(versionsRoots(layout.home, process.env)).length === 0;
}

function hasEntries(directory: string): boolean {
  try {
    return readdirSync(directory).length > 0;
  } catch {
    return false;
  }
}
