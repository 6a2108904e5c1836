import { accessSync, constants, realpathSync, statSync } from "node:fs";
import { errno, Failure } from "../errors.ts";
import { cannotRun } from "../runtime/become.ts";
import type { Environment } from "./environment.ts";

export interface ClaudeExecutable {
  /** Absolute and concrete: a later update changes nothing for who runs it. */
  path: string;
  /** Undefined for an executable outside of a versions directory. */
  version: string | undefined;
}

/** Where managed versions are, nearest first: `<root>/versions/<version>/claude` and `<root>/current`. */
export function versionsRoots(home: string, env: Environment): string[] {
  // A relative XDG_DATA_HOME is ignored, as its specification (0.8) wants.
  const data = env.XDG_DATA_HOME?.startsWith("/") ? env.XDG_DATA_HOME : `${home}/.local/share`;
  return [`${data}/claude-code`, "/opt/claude-code"];
}

/**
 * The Claude Code that a session starts: CLAUDE_OPS_CLAUDE, else the current managed version.
 * @throws Failure when there is none or it cannot be run
 */
export function findClaude(env: Environment, roots: readonly string[]): ClaudeExecutable {
  const named = env.CLAUDE_OPS_CLAUDE;
  if (named) {
    if (!named.startsWith("/")) {
      throw new Failure(`CLAUDE_OPS_CLAUDE is not an absolute path: ${named}`, {
        hint: "name the file from / on",
      });
    }
    return runnable(named, "correct or unset CLAUDE_OPS_CLAUDE");
  }
  for (const root of roots) {
    try {
      return runnable(`${realpathSync.native(`${root}/current`)}/claude`, "run: claude-ops doctor");
    } catch (error) {
      if (errno(error) !== "ENOENT" && errno(error) !== "ENOTDIR") throw error;
    }
  }
  throw new Failure("no Claude Code is installed for this user", {
    hint: "run: claude-ops update --to latest (or set CLAUDE_OPS_CLAUDE to an executable)",
    code: "claude-missing",
  });
}

function runnable(path: string, hint: string): ClaudeExecutable {
  try {
    if (!statSync(path).isFile()) throw new Failure(`not a file: ${path}`, { hint, code: cannotRun });
    accessSync(path, constants.X_OK);
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure(`cannot run Claude Code at ${path}: ${errno(error) ?? String(error)}`, {
      hint,
      code: cannotRun,
      cause: error,
    });
  }
  return { path, version: /\/versions\/(\d[^/]*)\/claude$/.exec(path)?.[1] };
}
