import { age } from "../sessions/age.ts";
import { quoted } from "../sessions/name.ts";
import type { Hold } from "./holds.ts";

const iso = (time: number) => new Date(time).toISOString();
/** The time of day, as a person on this host reads it. */
const clock = (time: number) => new Date(time).toTimeString().slice(0, 5);

/** `login is editing src/app.ts (since 14:02, last 3m ago)`. */
export function isEditing({ by, path, since, edited }: Hold, cwd: string): string {
  const last = edited === undefined ? "about to make its first edit" : `last ${age(iso(edited))} ago`;
  return `session ${by.name} is editing ${shorter(path, cwd)} (since ${clock(since)}, ${last})`;
}

/** What stops an edit: who, what, since when, and what can be done. */
export function stopped(others: readonly Hold[], cwd: string): string {
  const [first] = others;
  return [
    `${others.map((hold) => isEditing(hold, cwd)).join("; ")}, so an edit of yours could undo its work.`,
    `The file is free once ${first!.by.name} commits it, ends, or runs`,
    `\`claude-ops guard release ${quoted(first!.path)}\`.`,
    "Until then work on other files, or ask the person which of you two goes on with this one.",
  ].join(" ");
}

/** How the person decides, said the first time where they are to be asked. */
export const tryAgain =
  "If they say that it is you, make this edit again: they are then asked to confirm it.";

/** The same about a command of git in a tree where others edit. */
export function stoppedGit(verb: string, others: readonly Hold[], worktree: string): string {
  const named = others.slice(0, 3).map((hold) => isEditing(hold, worktree));
  const more = others.length - named.length;
  const effect = {
    commit: "a commit here could take in its unfinished work",
    push: "what is pushed may rest on its unfinished work",
    checkout: "this could overwrite its work or move the branch under it",
    switch: "this would move the branch under it",
  }[verb];
  return [
    `${named.join("; ")}${more > 0 ? ` and ${more} more files` : ""}: ${effect}.`,
    "Name only your own files, wait until it has committed or ended, or take a worktree of your own",
    "(`git worktree add`); ask the person when in doubt.",
  ].join(" ");
}

const shorter = (path: string, directory: string): string =>
  path.startsWith(`${directory}/`) ? path.slice(directory.length + 1) : path;
