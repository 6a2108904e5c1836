import { dirname } from "node:path";
import { realpathSync } from "node:fs";
import { recentChanges } from "./changes.ts";
import type { Other } from "./others.ts";
import { branchOf, type Place, placeOf, sameDirectory } from "./project.ts";

/**
 * `safe`: another project. `aware`: the same one in another worktree. `risky`: the same worktree. `dangerous`: files of
 * this worktree are being edited right now.
 */
export type Level = "safe" | "aware" | "risky" | "dangerous";

export const levels: readonly Level[] = ["safe", "aware", "risky", "dangerous"];

/** What one of the others means for who works in a place. */
export interface Conflict {
  level: Level;
  other: Other;
  /** Files of this worktree that it wrote lately. */
  edits: string[];
}

export interface Conflicts {
  level: Level;
  directory: string;
  place: Place;
  branch: string | undefined;
  /** The worst first. */
  with: Conflict[];
  /** Uncommitted files here that somebody wrote lately; looked for only where another one is in this worktree. */
  changes: string[];
}

/** What counts as being edited (ms): long enough for a thought between two edits, too short for a forgotten session. */
const lately = 10 * 60 * 1000;

/**
 * What is live against who works, or is going to work, in a directory. Dangerous goes by what is known, not guessed:
 * what Claude Code wrote down that it edited, wherever that session stands, and, beside a session in the same worktree,
 * uncommitted files that were just written, which can be that session's shell commands or anybody.
 * @param directory an absolute path without symbolic links
 */
export function conflictsIn(
  directory: string,
  others: readonly Other[],
  now: number = Date.now(),
): Conflicts {
  const place = placeOf(directory);
  const found = others.map((other): Conflict => {
    const edits = editsHere(place, other, now);
    return { level: edits.length > 0 ? "dangerous" : nearness(place, other.place), other, edits };
  });
  const risky = found.filter(({ level }) => level === "risky");
  const changes = risky.length > 0 && place.git !== undefined
    ? recentChanges(place.worktree, now - lately) ?? []
    : [];
  if (changes.length > 0) { for (const conflict of risky) conflict.level = "dangerous"; }
  found.sort((a, b) => levels.indexOf(b.level) - levels.indexOf(a.level));
  return {
    level: found[0]?.level ?? "safe",
    directory,
    place,
    branch: branchOf(place),
    with: found,
    changes,
  };
}

function nearness(mine: Place, theirs: Place): Level {
  if (sameDirectory(mine.worktree, theirs.worktree)) return "risky";
  if (sameDirectory(mine.project, theirs.project)) return "aware";
  // Without git nothing says where a project begins, but one directory's files are the other's too.
  const bothBare = mine.git === undefined && theirs.git === undefined;
  return bothBare && (inside(mine.worktree, theirs.worktree) || inside(theirs.worktree, mine.worktree))
    ? "aware"
    : "safe";
}

/** Files of exactly this worktree: one of a worktree or repository inside of it is not its own. */
function editsHere(place: Place, other: Other, now: number): string[] {
  const paths = other.edits(now - lately).map(({ path }) => real(path));
  return [...new Set(paths)].filter((path) =>
    inside(path, place.worktree) &&
    (place.git === undefined || sameDirectory(placeOf(dirname(path)).worktree, place.worktree))
  );
}

const inside = (path: string, directory: string) =>
  path !== directory && path.startsWith(directory.endsWith("/") ? directory : `${directory}/`);

/** Claude Code writes down the path as the model said it. */
function real(path: string): string {
  try {
    return `${realpathSync.native(dirname(path))}/${path.slice(path.lastIndexOf("/") + 1)}`;
  } catch {
    return path;
  }
}
