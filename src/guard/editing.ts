import type { Environment } from "../claude/environment.ts";
import type { Layout } from "../sessions/paths.ts";
import { projectOf } from "../sessions/project.ts";
import { isSameFile } from "./guard.ts";
import { type Holder, isSameHolder } from "./holder.ts";
import { holdsOf } from "./holds.ts";
import { callingSession } from "./let_go.ts";
import { ruleFor } from "./rule.ts";
import { stands } from "./standing.ts";
import { targetOf } from "./target.ts";

/**
 * Tells which other session edits a file of a directory, for whoever is about to write there past Claude's own tools;
 * undefined where nobody does, or the project's policy is off.
 * @throws ConfigFailure with every problem of every file
 */
export async function otherEditors(
  layout: Layout,
  env: Environment,
  directory: string,
): Promise<(path: string) => Holder | undefined> {
  const me = callingSession(layout, env);
  const { policy, idle } = await ruleFor(projectOf(targetOf(directory, "/", layout.home)), env);
  if (policy === "off") return () => undefined;
  return (path) => {
    const real = targetOf(path, "/", layout.home);
    return holdsOf(layout, real).find((hold) =>
      !(me && isSameHolder(hold.by, me)) && isSameFile(hold.path, real) &&
      stands(layout, hold, idle, Date.now())
    )?.by;
  };
}
