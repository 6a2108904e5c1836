import { readFileSync, realpathSync, statSync } from "node:fs";

const kind = (path: string) => {
  const facts = statSync(path, { throwIfNoEntry: false });
  return facts === undefined ? undefined : facts.isDirectory() ? "directory" : "file";
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

const isGitDirectory = (path: string) =>
  kind(`${path}/HEAD`) === "file" || kind(`${path}/commondir`) === "file";
const isBare = (path: string) => kind(`${path}/HEAD`) === "file" && kind(`${path}/objects`) === "directory";
const parent = (path: string) => path.slice(0, path.lastIndexOf("/")) || "/";
const from = (base: string, path: string) => path.startsWith("/") ? path : `${base}/${path}`;

/**
 * Which project a directory belongs to, as one path: the repository's common git directory without a last `/.git`, so
 * that all worktrees of a repository are one project; outside git the directory itself. Spawns nothing.
 * @param directory an absolute path without symbolic links
 */
export function projectOf(directory: string): string {
  for (let level = directory;; level = parent(level)) {
    const git = gitDirectory(level)?.common;
    if (git !== undefined) return git.endsWith("/.git") ? parent(git) : git;
    if (level === "/") return directory;
  }
}

/** The branch that a directory's worktree is on, the first digits of its commit where it is on none, else undefined. */
export function branchOf(directory: string): string | undefined {
  for (let level = directory;; level = parent(level)) {
    const git = gitDirectory(level)?.own;
    if (git !== undefined) {
      const head = firstLine(`${git}/HEAD`) ?? "";
      return /^ref: refs\/heads\/(.+)$/.exec(head)?.[1] ?? /^[0-9a-f]{7}/.exec(head)?.[0];
    }
    if (level === "/") return undefined;
  }
}

/** `own` holds the worktree's HEAD, `common` what it shares with all others. */
function gitDirectory(level: string): { own: string; common: string } | undefined {
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
