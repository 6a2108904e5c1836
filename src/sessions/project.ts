import { readFileSync, realpathSync, statSync } from "node:fs";

function facts(path: string) {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined; // not ours to see
  }
}

const kind = (path: string) => {
  const found = facts(path);
  return found?.isDirectory() ? "directory" : found?.isFile() ? "file" : undefined;
};

function realpath(path: string): string | undefined {
  try {
    return realpathSync.native(path);
  } catch {
    return undefined;
  }
}

function firstLine(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8").split("\n", 1)[0]!.trim();
  } catch {
    return undefined;
  }
}

const isBare = (path: string) =>
  kind(`${path}/HEAD`) === "file" && kind(`${path}/objects`) === "directory" &&
  kind(`${path}/refs`) === "directory";
const isGitDirectory = (path: string) =>
  kind(`${path}/HEAD`) === "file" || kind(`${path}/commondir`) === "file";
const parent = (path: string) => path.slice(0, path.lastIndexOf("/")) || "/";
const from = (base: string, path: string) => path.startsWith("/") ? path : `${base}/${path}`;

/** Where a directory stands in git. */
export interface Place {
  /** One path for all worktrees of a repository; outside git the directory itself. */
  project: string;
  /** The top of the working tree, the bare repository, or outside git the directory itself. */
  worktree: string;
  /** The worktree's own git directory; undefined outside git. */
  git: string | undefined;
}

/**
 * Which project and worktree a directory belongs to. The project is the repository's common git directory without a
 * last `/.git`, so that all worktrees are one project; a submodule and a repository inside another are their own. What
 * is nearest above the directory counts, whatever GIT_DIR says: a session edits by paths. Spawns nothing.
 * @param directory an absolute path without symbolic links
 */
export function placeOf(directory: string): Place {
  for (let level = directory;; level = parent(level)) {
    const found = gitAt(level);
    if (found !== undefined) {
      const { own, common } = found;
      const isDotGit = own === level && level.endsWith("/.git");
      const project = common.endsWith("/.git") ? parent(common) : common;
      return { project, worktree: isDotGit ? parent(level) : level, git: own };
    }
    if (level === "/") return { project: directory, worktree: directory, git: undefined };
  }
}

/** The project alone. */
export function projectOf(directory: string): string {
  return placeOf(directory).project;
}

/** The branch that a place is on, the first digits of its commit where it is on none; undefined outside git. */
export function branchOf({ git }: Place): string | undefined {
  const head = git && firstLine(`${git}/HEAD`) || "";
  return /^ref: refs\/heads\/(.+)$/.exec(head)?.[1] ?? /^[0-9a-f]{7}/.exec(head)?.[0];
}

/** Whether two paths are one directory: also by different spellings where case does not count, and by bind mounts. */
export function sameDirectory(a: string, b: string): boolean {
  if (a === b) return true;
  const [one, other] = [facts(a), facts(b)];
  return one !== undefined && other !== undefined && one.dev === other.dev && one.ino === other.ino;
}

/** The worktree's own git directory at this level, and the one that all worktrees have in common. */
function gitAt(level: string): { own: string; common: string } | undefined {
  const dotGit = level === "/" ? "/.git" : `${level}/.git`;
  const found = kind(dotGit);
  if (found === undefined) return isBare(level) ? { own: level, common: level } : undefined;
  if (found === "directory") {
    const own = isGitDirectory(dotGit) ? realpath(dotGit) : undefined;
    return own === undefined ? undefined : { own, common: own };
  }
  // A worktree or a submodule: `gitdir: <path>`; only a worktree's names the common directory of its repository.
  const named = /^gitdir: (.+)$/.exec(firstLine(dotGit) ?? "")?.[1];
  const own = named && realpath(from(level, named));
  if (!own || !isGitDirectory(own)) return undefined;
  const common = firstLine(`${own}/commondir`);
  return { own, common: common ? realpath(from(own, common)) ?? own : own };
}
