import { realpathSync, statSync } from "node:fs";
import { Failure } from "../errors.ts";
import { type Conflicts, conflictsIn, levels } from "./conflicts.ts";
import { type Other, others } from "./others.ts";
import type { Layout } from "./paths.ts";
import { ancestors } from "./registered.ts";

/**
 * Who else works where somebody is about to.
 * @param target a directory; or else the name of a project that something live works on: then its worst place counts
 * @throws Failure for a path that is not there
 */
export function check(layout: Layout, target: string): Conflicts {
  const above = new Set(ancestors());
  const all = others(layout).filter(({ pid, elsewhere }) => elsewhere || !above.has(pid));
  const directory = directoryAt(target);
  if (directory !== undefined) return conflictsIn(directory, all);
  if (target.includes("/")) {
    throw new Failure(`cannot check ${target}: there is no such directory`, {
      hint: "name a directory, or a project by its name",
    });
  }
  const places = [...new Set(all.filter((other) => isCalled(other, target)).map(({ cwd }) => cwd))];
  const found = places.map((place) => conflictsIn(place, all));
  found.sort((a, b) => levels.indexOf(b.level) - levels.indexOf(a.level));
  return found[0] ??
    {
      ...conflictsIn("/", []),
      directory: target,
      place: { project: target, worktree: target, git: undefined },
    };
}

function directoryAt(path: string): string | undefined {
  try {
    const real = realpathSync.native(path);
    return statSync(real).isDirectory() ? real : undefined;
  } catch {
    return undefined;
  }
}

function isCalled({ label, place: { project } }: Other, name: string): boolean {
  return label === name || project.slice(project.lastIndexOf("/") + 1).replace(/\.git$/, "") === name;
}
