import { realpathSync } from "node:fs";
import { resolve } from "node:path";
import type { Environment } from "../claude/environment.ts";
import { Failure } from "../errors.ts";
import { ownAccount } from "../runtime/account.ts";
import { branchOf, placeOf } from "../sessions/project.ts";
import { recordOf } from "../coordination/owner.ts";
import type { Origin } from "./memory.ts";

/**
 * Who saves or asks, by the environment of a process and a directory. Inside a session the author is Claude.
 * @param source how it came here, such as `cli`
 * @throws Failure when the directory is none
 */
export function originOf(env: Environment, directory: string, source: string): Origin {
  const place = placeOf(real(directory));
  const session = recordOf(env);
  return {
    project: place.project,
    branch: branchOf(place) ?? null,
    session: session?.id ?? env.CLAUDE_CODE_SESSION_ID ?? null,
    sessionName: session?.name ?? null,
    // Claude Code sets it for what it runs, hooks and MCP servers included (2.1.329).
    author: env.CLAUDECODE || env.CLAUDE_CODE_SESSION_ID ? "claude" : ownAccount().name,
    source,
  };
}

function real(directory: string): string {
  try {
    return realpathSync.native(resolve(directory));
  } catch {
    throw new Failure(`there is no directory ${directory}`, { hint: "name the project's directory" });
  }
}
