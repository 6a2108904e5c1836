import { age } from "./age.ts";
import type { Conflict, Conflicts } from "./conflicts.ts";
import { quoted } from "./name.ts";
import type { Other } from "./others.ts";

/** Who it is, for people: `login (pid 4242, for 5 min)`. */
export function who({ kind, name, pid, elsewhere, since }: Other): string {
  const facts = [
    ...(kind === "session"
      ? []
      : [kind === "registered" ? "registered by hand" : "not started by claude-ops"]),
    elsewhere ? "elsewhere" : `pid ${pid}`,
    ...(since === undefined ? [] : [`for ${age(since)}`]),
  ];
  return `${name} (${facts.join(", ")})`;
}

/** One line of what it means. */
export function meaning({ level, other, edits }: Conflict, { changes, place }: Conflicts): string {
  if (edits.length > 0) {
    return `${who(other)} is editing files here: ${some(edits, place.worktree)}`;
  }
  if (level === "dangerous") {
    return `${who(other)} works here too, and files were just written: ${some(changes, place.worktree)}`;
  }
  if (level === "risky") return `${who(other)} works in the same directory tree, ${place.worktree}`;
  const branch = other.branch === undefined ? "" : `, on branch ${other.branch}`;
  return `${who(other)} works on the same project in ${other.place.worktree}${branch}`;
}

/** What a session could be started with instead, as a command. */
export function wayOut({ place, directory }: Conflicts): string | undefined {
  if (place.git === undefined) return undefined;
  return directory === process.cwd()
    ? "claude-session --worktree NAME"
    : `claude-session --project ${quoted(directory)} --worktree NAME`;
}

function some(paths: readonly string[], worktree: string): string {
  const names = paths.slice(0, 3).map((path) =>
    path.startsWith(`${worktree}/`) ? path.slice(worktree.length + 1) : path
  );
  const more = paths.length - names.length;
  return names.join(", ") + (more > 0 ? ` and ${more} more` : "");
}
