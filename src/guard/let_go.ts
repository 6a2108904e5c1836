import type { Environment } from "../claude/environment.ts";
import { Failure } from "../errors.ts";
import type { Layout } from "../sessions/paths.ts";
import { type Holder, isSameHolder, ownHolder, ownId } from "./holder.ts";
import { allHolds, changeHolds, type Hold } from "./holds.ts";

/** The session that a command was called in; undefined for a person at a shell of their own. */
export function callingSession(layout: Layout, env: Environment): Holder | undefined {
  return ownId(layout, env) !== undefined || env.CLAUDE_PID !== undefined
    ? ownHolder(layout, env)
    : undefined;
}

/**
 * Takes holds of files back: a session its own, a person anybody's. Nothing is changed where one of them cannot be.
 * @param paths real paths; undefined: all that the session holds
 * @throws Failure for a file that somebody else holds, or nobody
 */
export function letGo(layout: Layout, paths: readonly string[] | undefined, me: Holder | undefined): Hold[] {
  const all = allHolds(layout);
  const mine = (hold: Hold) => me === undefined || isSameHolder(hold.by, me);
  const chosen = paths === undefined ? all.filter(mine) : paths.flatMap((path) => {
    const holds = all.filter((hold) => hold.path === path);
    if (holds.length === 0) throw new Failure(`nobody holds ${path}`, { hint: "see claude-ops guard list" });
    if (holds.some(mine)) return holds.filter(mine);
    throw new Failure(`${path} is held by session ${holds[0]!.by.name}, not by this one`, {
      hint: "ask that session, or the person, to release it",
    });
  });
  for (const gone of chosen) {
    changeHolds(
      layout,
      gone.path,
      (holds) => holds.filter((hold) => !(hold.path === gone.path && isSameHolder(hold.by, gone.by))),
    );
  }
  return chosen;
}
