import { lstatSync } from "node:fs";
import { git } from "./git.ts";

/** Milliseconds that a look at a large repository may take, since somebody waits for a start. */
const patience = 2000;
const most = 5000;

/**
 * Uncommitted files of a worktree that were written since then (ms), by anybody. Undefined when git cannot tell, or not
 * soon enough.
 */
export function recentChanges(worktree: string, since: number): string[] | undefined {
  const { status, stdout } = git(worktree, ["status", "--porcelain=v1", "-z", "--no-renames"], patience);
  if (status !== 0) return undefined;
  return stdout.split("\0").filter(Boolean).slice(0, most).map((entry) => entry.slice(3))
    // Claude Code's own notes about a project, and worktrees that it made there.
    .filter((path) => !path.startsWith(".claude/"))
    .flatMap((path) => {
      try {
        return lstatSync(`${worktree}/${path}`).mtimeMs >= since ? [`${worktree}/${path}`] : [];
      } catch {
        return []; // deleted
      }
    });
}
