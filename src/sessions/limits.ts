import type { Environment } from "../claude/environment.ts";
import type { Limits } from "./admission.ts";

/**
 * What the configuration says about starting sessions.
 * @throws ConfigFailure with every problem of every file
 */
export async function readLimits(env: Environment): Promise<Limits> {
  const { loadConfig } = await import("../config/load.ts");
  return (await loadConfig({ system: false }, { host: "/etc/claude-ops/config.toml", env })).sessions;
}
