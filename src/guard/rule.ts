import { existsSync } from "node:fs";
import type { Environment } from "../claude/environment.ts";
import { configFiles } from "../config/files.ts";
import type { Config } from "../config/schema.ts";

export type Policy = Config["guard"]["policy"];

/** What happens when a session is about to edit what another one edits. */
export interface Rule {
  policy: Policy;
  /** Milliseconds after which an idle session holds nothing any more. */
  idle: number;
}

/** What the schema says, known without loading it. */
const defaults: Rule = { policy: "ask", idle: 2 * 3_600_000 };

/**
 * The rule for a project, by the configuration; the nearest directory of `[guard.projects]` above it counts.
 * @param project its directory, without links
 * @throws ConfigFailure with every problem of every file
 */
export async function ruleFor(project: string, env: Environment): Promise<Rule> {
  const [scope, places] = [{ system: false }, { host: "/etc/claude-ops/config.toml", env }];
  if (!configFiles(scope, places).some((file) => existsSync(file))) return defaults;
  const { loadConfig } = await import("../config/load.ts");
  const { policy, idle, projects } = (await loadConfig(scope, places)).guard;
  const { targetOf } = await import("./target.ts");
  const home = env.HOME ?? "/";
  const nearest = Object.entries(projects)
    .map(([directory, policy]) => ({ directory: targetOf(directory, "/", home), policy }))
    .filter(({ directory }) => project === directory || project.startsWith(`${directory}/`))
    .sort((a, b) => b.directory.length - a.directory.length)[0];
  return { policy: nearest?.policy ?? policy, idle };
}
