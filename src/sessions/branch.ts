import { Failure, UsageFailure } from "../errors.ts";
import { git } from "./git.ts";

/** @throws UsageFailure for what git takes for no branch, or for another one each time */
export function checkBranch(directory: string, name: string): string {
  // Also turns @{-1} and the like down, which mean another branch each time.
  const { status, stdout } = git(directory, ["check-ref-format", "--branch", name]);
  if (status === 0 && stdout.trimEnd() === name && !name.startsWith("-")) return name;
  throw new UsageFailure(
    `not a name for a branch: ${JSON.stringify(name)}`,
    "use letters, digits, - _ . and /",
  );
}

/**
 * Where a new branch starts and how; undefined for one that is there.
 * @throws Failure where it can start nowhere, or in several places
 */
export function startOf(directory: string, branch: string): { from: string; how: string[] } | undefined {
  const patterns = [`refs/heads/${branch}`, `refs/tags/${branch}`, `refs/remotes/*/${branch}`];
  const refs = git(directory, ["for-each-ref", "--format=%(refname)", ...patterns]).stdout.split("\n");
  if (refs.includes(`refs/heads/${branch}`)) return undefined;
  if (refs.includes(`refs/tags/${branch}`)) {
    throw new Failure(`${branch} is a tag, and a branch of that name would hide it`, {
      hint: "take another name",
    });
  }
  const remotes = refs.filter((ref) => /^refs\/remotes\/[^/]+\//.test(ref) && ref.endsWith(`/${branch}`));
  if (remotes.length > 1) {
    throw new Failure(`${remotes.length} remotes have a branch ${branch}`, {
      hint: `choose one first: git branch ${branch} REMOTE/${branch}`,
    });
  }
  if (remotes.length === 1) return { from: remotes[0]!.slice("refs/remotes/".length), how: ["--track"] };
  if (git(directory, ["rev-parse", "--quiet", "--verify", "HEAD^{commit}"]).status === 0) {
    return { from: "HEAD", how: ["--no-track"] };
  }
  throw new Failure("cannot make a worktree: the repository has no commit yet", { hint: "commit first" });
}

/** A name for a new branch that says the same as a session's name. */
export function freeBranch(directory: string, name: string): string {
  const branch = branchFor(name);
  const taken = git(directory, ["for-each-ref", `refs/heads/${branch}`, `refs/tags/${branch}`]).stdout !== "";
  return taken ? `${branch}-${crypto.randomUUID().slice(0, 4)}` : branch;
}

function branchFor(name: string): string {
  const plain = name.replace(/[^A-Za-z0-9._-]+/g, "-").replace(/\.{2,}/g, ".").replace(
    /^[-.]+|[-.]+$|\.lock$/g,
    "",
  );
  return plain || "session";
}
