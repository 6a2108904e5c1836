import { lstatSync, mkdirSync, realpathSync, statSync } from "node:fs";
import type { Environment } from "../claude/environment.ts";
import { errno, Failure } from "../errors.ts";

/** Where a user's things are, all below `~/.claude`. */
export interface Layout {
  home: string;
  /** `~/.claude`: what all sessions share. */
  shared: string;
  sessions: string;
  /** Claude-ops' own state. */
  ops: string;
  /** One empty entry per session that was not yet seen dead. */
  live: string;
  /** Which sessions have and had a name. */
  names: string;
  /** One empty entry per session that cleanup leaves alone. */
  pinned: string;
  /** Processes that were registered by hand. */
  registered: string;
  /** Which files sessions edit. */
  held: string;
  /** Sentences that wait for a session. */
  notices: string;
  /** The plugin for sessions, by version. */
  plugin: string;
  /** The lock under which sessions are counted and made. */
  starting: string;
  /** The directories that were accepted in sessions that have ended. */
  trust: string;
  /** What people brought back from sessions for all others. */
  decisions: string;
  /** The lock under which that is changed. */
  sharing: string;
  /** Its mtime is the time from which on a start looks for a newer Claude Code again. */
  nextCheck: string;
}

/** @throws Failure when HOME does not name a directory */
export function layoutOf(env: Environment): Layout {
  const home = env.HOME;
  if (!home?.startsWith("/")) {
    throw new Failure("HOME does not name a directory", { hint: "set HOME to your home directory" });
  }
  const shared = `${home === "/" ? "" : home.replace(/\/+$/, "")}/.claude`;
  const ops = `${shared}/ops`;
  return {
    home,
    shared,
    sessions: `${shared}/sessions`,
    ops,
    live: `${ops}/live`,
    names: `${ops}/names`,
    pinned: `${ops}/pinned`,
    registered: `${ops}/registered`,
    held: `${ops}/held`,
    notices: `${ops}/notices`,
    plugin: `${ops}/plugin`,
    starting: `${ops}/starting`,
    trust: `${ops}/trusted-directories`,
    decisions: `${ops}/shared.json`,
    sharing: `${ops}/sharing`,
    nextCheck: `${ops}/next-update-check`,
  };
}

/**
 * Makes sure of the directories that a session needs: each this user's own, and none of them a way to another user's.
 * @throws Failure for one that is not
 */
export function ensureLayout(layout: Layout): void {
  for (const path of [layout.shared, layout.sessions, layout.ops, layout.live, layout.names]) ensureOwn(path);
}

function ensureOwn(path: string): void {
  let facts = lstatSync(path, { throwIfNoEntry: false });
  if (facts === undefined) {
    try {
      mkdirSync(path, { mode: 0o700 });
    } catch (error) {
      if (errno(error) !== "EEXIST") throw unusable(path, errno(error) ?? String(error), error);
    }
    facts = lstatSync(path);
  }
  const me = process.getuid!();
  if (facts.isSymbolicLink()) {
    // Somebody's dotfiles may well live elsewhere, as long as it is this user's link to this user's directory.
    const target = statSync(path, { throwIfNoEntry: false });
    if (target === undefined) throw unusable(path, "a link that leads nowhere");
    if (facts.uid !== me || target.uid !== me) {
      throw unusable(path, `a link to ${realpathSync(path)}, which is not yours`);
    }
    facts = target;
  }
  if (!facts.isDirectory()) throw unusable(path, "not a directory");
  if (facts.uid !== me) throw unusable(path, `it belongs to user ${facts.uid}, not to you`);
}

function unusable(path: string, why: string, cause?: unknown): Failure {
  return new Failure(`cannot keep sessions in ${path}: ${why}`, {
    hint: "see ls -ld of it; it must be a directory of your own",
    cause,
  });
}
