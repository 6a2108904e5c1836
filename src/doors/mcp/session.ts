import { realpathSync } from "node:fs";
import type { Environment } from "../../claude/environment.ts";
import { callingOwner } from "../../coordination/caller.ts";
import { openShared } from "../../coordination/open.ts";
import type { Owner } from "../../coordination/owner.ts";
import { type Layout, layoutOf } from "../../sessions/paths.ts";
import { type Place, placeOf } from "../../sessions/project.ts";
import type { Database } from "../../store/database.ts";

/** Whom the server serves; each part is looked up when a tool first asks for it. */
export interface McpSession {
  readonly env: Environment;
  readonly layout: Layout;
  /** The session that started the server. Throws Failure when it runs no more. */
  readonly owner: Owner;
  readonly db: Database;
  /** Where the session works now: its project directory, which Claude Code names (2.1.329). */
  readonly directory: string;
  readonly place: Place;
}

/** For one server: what a tool needs is opened when the first one asks. */
export function mcpSession(env: Environment): McpSession {
  let owner: Owner | undefined;
  let db: Database | undefined;
  return {
    env,
    get layout() {
      return layoutOf(env);
    },
    get owner() {
      return owner ??= callingOwner(env);
    },
    get db() {
      return db ??= openShared(env);
    },
    get directory() {
      try {
        return realpathSync.native(env.CLAUDE_PROJECT_DIR || ".");
      } catch {
        return process.cwd();
      }
    },
    get place() {
      return placeOf(this.directory);
    },
  };
}
