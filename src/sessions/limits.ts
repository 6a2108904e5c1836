import { existsSync } from "node:fs";
import type { Environment } from "../claude/environment.ts";
import { configFiles } from "../config/files.ts";
import type { Limits } from "./admission.ts";

/** What the schema says, known without loading it: a start has no time for that. */
export const defaultLimits: Limits = { max: 0, memory: 300 * 2 ** 20 };

/**
 * What the configuration says about starting sessions; nothing of it is loaded where there is no file.
 * @throws ConfigFailure with every problem of every file
 */
export async function readLimits(env: Environment): Promise<Limits> {
  const [scope, places] = [{ system: false }, { host: "/etc/claude-ops/config.toml", env }];
  if (!configFiles(scope, places).some((file) => existsSync(file))) return defaultLimits;
  const { loadConfig } = await import("../config/load.ts");
  return (await loadConfig(scope, places)).sessions;
}
