import { existsSync } from "node:fs";
import type { Environment } from "../claude/environment.ts";
import { configFiles } from "../config/files.ts";
import type { Config } from "../config/schema.ts";

/** What holds for a start: `[sessions]` of the configuration, or what somebody who was asked has answered. */
export type Settings = Config["sessions"];

/** What the schema says, known without loading it: a start has no time for that. */
export const defaults: Settings = { max: 0, memory: 300 * 2 ** 20, conflicts: "ask", plugin: true };

/**
 * What the configuration says about starting sessions; nothing of it is loaded where there is no file.
 * @throws ConfigFailure with every problem of every file
 */
export async function readSettings(env: Environment): Promise<Settings> {
  const [scope, places] = [{ system: false }, { host: "/etc/claude-ops/config.toml", env }];
  if (!configFiles(scope, places).some((file) => existsSync(file))) return defaults;
  const { loadConfig } = await import("../config/load.ts");
  return (await loadConfig(scope, places)).sessions;
}

/** Past admission: whatever runs and however little is free. */
export const pastAdmission = (settings: Settings): Settings => ({ ...settings, max: 0, memory: 0 });
