import { existsSync, mkdirSync, readdirSync, realpathSync, rmdirSync, statSync } from "node:fs";
import { errno, Failure } from "../errors.ts";
import { checkBranch, startOf } from "./branch.ts";
import { complaint, git } from "./git.ts";
import { placeOf, sameDirectory } from "./project.ts";

export interface Worktree {
  path: string;
  branch: string;
  /** False for one that was there already. */
  made: boolean;
  /** Takes it back, and the branch with it that was made for it: for when nothing came to live there. */
  undo(): void;
}

/**
 * Where worktrees of a project go: beside it, in `<project>.worktrees/`. Not inside of it like Claude Code's own
 * `--worktree` (`.claude/worktrees/`, 2.1.329): there the main worktree lists them as untracked, and whoever searches
 * it finds and edits their files. Beside a `.bare` that a `.git` file points to, they are its neighbours.
 */
export function worktreesOf(project: string): string {
  const submodule = /^(.+)\/\.git\/modules\/(.+)$/.exec(project);
  if (submodule) return `${submodule[1]}.worktrees/${submodule[2]!.replaceAll("/modules/", "/")}`;
  const parent = project.slice(0, project.lastIndexOf("/"));
  const pointed = parent !== "" && placeOf(parent).git === project;
  if (pointed && git(parent, ["rev-parse", "--is-bare-repository"]).stdout === "true\n") return parent;
  return `${project.replace(/\.git$/, "")}.worktrees`;
}

/**
 * A worktree for a branch of that name: one that is there already, else made, from the branch, a remote's, or a new one
 * that starts where `directory` is. Whatever fails, nothing half made stays.
 * @throws Failure when git cannot, or the branch is checked out somewhere else
 */
export function makeWorktree(directory: string, name: string): Worktree {
  const place = placeOf(directory);
  if (place.git === undefined) {
    throw new Failure(`cannot make a worktree: ${directory} is in no git repository`, {
      hint: "start without --worktree, or run git init and commit first",
    });
  }
  const branch = checkBranch(directory, name);
  const path = `${worktreesOf(place.project)}/${branch.replaceAll("/", "+")}`;
  const there = checkedOut(directory, branch);
  if (there !== undefined) {
    if (!sameDirectory(there, path)) throw elsewhere(there, branch, directory);
    return { path: realpathSync.native(path), branch, made: false, undo() {} };
  }
  const start = startOf(directory, branch);
  const release = claim(path, directory);
  const made: (() => void)[] = [release];
  const undo = () => {
    for (const step of made.toReversed()) step();
  };
  const run = (args: string[], back: string[]) => {
    const done = git(directory, args);
    if (done.status !== 0) throw failed(branch, complaint(done));
    made.push(() => void git(directory, back));
  };
  try {
    if (start !== undefined) {
      run(["branch", ...start.how, "--", branch, start.from], ["branch", "-D", "--", branch]);
    }
    run(["worktree", "add", "--quiet", path, branch], ["worktree", "remove", "--force", path]);
    return { path: realpathSync.native(path), branch, made: true, undo };
  } catch (error) {
    undo();
    throw error;
  }
}

/** Where a branch is checked out. Git lists what is missing on disk as well. */
function checkedOut(directory: string, branch: string): string | undefined {
  const listed = git(directory, ["worktree", "list", "--porcelain"]);
  if (listed.status !== 0) throw failed(branch, complaint(listed));
  const lines = listed.stdout.split("\n\n").map((entry) => entry.split("\n"))
    .find((lines) => lines.includes(`branch refs/heads/${branch}`));
  const path = lines?.find((line) => line.startsWith("worktree "))?.slice("worktree ".length);
  // Git's own mark on what it is filling (2.39).
  if (lines?.includes("locked initializing")) {
    throw new Failure(`the worktree ${path} is being made by somebody else`, {
      hint: `try again; if it stays so: git -C ${directory} worktree remove --force --force ${path}`,
    });
  }
  return path;
}

/** Makes the directory that git then fills: of several who want it, one succeeds. Returns what takes it back. */
function claim(path: string, directory: string): () => void {
  const parent = path.slice(0, path.lastIndexOf("/"));
  try {
    const fresh = mkdirSync(parent, { recursive: true });
    mkdirSync(path);
    return () => {
      for (
        let level = path;
        level.length >= (fresh ?? path).length;
        level = level.slice(0, level.lastIndexOf("/"))
      ) {
        removeEmpty(level);
      }
    };
  } catch (error) {
    if (errno(error) !== "EEXIST" || !existsSync(path)) {
      throw new Failure(`cannot make a worktree at ${path}: ${errno(error) ?? error}`, {
        hint: `worktrees go beside the repository; make one by hand: git -C ${directory} worktree add DIR`,
        cause: error,
      });
    }
    const empty = isDirectory(path) && readdirSync(path).length === 0;
    throw new Failure(`cannot make a worktree: ${path} is there already`, {
      hint: empty
        ? `if nobody is making it right now: rmdir ${path}`
        : "take another name, or move it out of the way",
    });
  }
}

function removeEmpty(path: string): void {
  try {
    rmdirSync(path);
  } catch {
    // Gone with the worktree, or somebody uses it.
  }
}

function isDirectory(path: string): boolean {
  return existsSync(path) && statSync(path).isDirectory();
}

function elsewhere(there: string, branch: string, directory: string): Failure {
  return new Failure(`branch ${branch} is checked out in ${there} already`, {
    hint: isDirectory(there)
      ? `work there: claude-session --project ${there}`
      : `that directory is gone; forget it first: git -C ${directory} worktree prune`,
    code: "branch-checked-out",
  });
}

function failed(branch: string, why: string): Failure {
  return new Failure(`cannot make a worktree for ${branch}: ${why}`, {
    hint: "see: git worktree list",
  });
}
