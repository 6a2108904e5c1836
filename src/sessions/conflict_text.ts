import { age } from "./age.ts";
import type { Conflict, Conflicts } from "./conflicts.ts";
import { quoted } from "./name.ts";
import type { Other } from "./others.ts";

/** One line of what it means, for people. */
export function meaning({ level, other, edits }: Conflict, { changes, place }: Conflicts): string {
  const here = place.git === undefined ? "this directory" : "this worktree";
  const said = edits.length > 0
    ? `${other.name} is editing files here: ${some(edits, place.worktree)}`
    : level === "dangerous"
    ? `${other.name} works in ${here} too, and files were just written: ${some(changes, place.worktree)}`
    : level === "risky"
    ? `${other.name} works in ${here} too`
    : `${other.name} works on this project too, ${where(other)}`;
  return `${said} (${facts(other)})`;
}

const most = 3;

/** The others of the same project in few words: `login on main, billing in ~/notes`. */
export function roundup(others: readonly Other[]): string {
  const more = others.length - most;
  const named = others.slice(0, most).map((other) =>
    `${other.name} ${other.branch === undefined ? where(other) : `on ${other.branch}`}`
  );
  return named.join(", ") + (more > 0 ? ` and ${more} more` : "");
}

function facts({ kind, pid, elsewhere, since }: Other): string {
  return [
    ...(kind === "session"
      ? []
      : [kind === "registered" ? "registered by hand" : "not started by claude-ops"]),
    elsewhere ? "elsewhere" : `pid ${pid}`,
    ...(since === undefined ? [] : [`for ${age(since)}`]),
  ].join(", ");
}

function where({ place: { worktree }, branch }: Other): string {
  const home = process.env.HOME;
  const path = home && worktree.startsWith(`${home}/`) ? `~${worktree.slice(home.length)}` : worktree;
  return branch === undefined ? `in ${path}` : `in ${path} on branch ${branch}`;
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
