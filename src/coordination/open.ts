import type { Environment } from "../claude/environment.ts";
import { ensureLayout, layoutOf } from "../sessions/paths.ts";
import { Database } from "../store/database.ts";

/** What all sessions of this user share while they work. */
export function openShared(env: Environment): Database {
  const layout = layoutOf(env);
  ensureLayout(layout);
  return new Database(layout.ops);
}
