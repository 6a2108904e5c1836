import { configFiles, type Places, type Scope, standard } from "./files.ts";
import type { Setting } from "./parse.ts";
import { readConfigFile } from "./read.ts";
import { type Config, configOf } from "./schema.ts";

export { configFiles, type Places, type Scope };

export interface Loaded {
  config: Config;
  /** What files set, by full key. What is not in it has its default. */
  settings: ReadonlyMap<string, Setting>;
  files: readonly { file: string; found: boolean }[];
}

/** The configuration in force. Throws ConfigFailure with every problem of every file. */
export async function loadConfig(scope: Scope, places: Places = standard): Promise<Config> {
  return (await loadSettings(scope, places)).config;
}

/** The same with the origin of each value. */
export async function loadSettings(scope: Scope, places: Places = standard): Promise<Loaded> {
  const texts = configFiles(scope, places).map((file) => ({
    file,
    text: readConfigFile(file, scope.system),
  }));
  const files = texts.map(({ file, text }) => ({ file, found: text !== undefined }));
  const settings = new Map<string, Setting>();
  // Without a file nothing more is loaded: a session's start goes through here.
  if (files.some(({ found }) => found)) {
    const [{ parseConfig }, { ConfigFailure }] = await Promise.all([
      import("./parse.ts"),
      import("./problem.ts"),
    ]);
    const parsed = texts.map(({ file, text }) => parseConfig(file, text ?? ""));
    const problems = parsed.flatMap(({ problems }) => problems);
    if (problems.length > 0) throw new ConfigFailure(problems);
    for (const each of parsed) for (const [name, setting] of each.settings) settings.set(name, setting);
  }
  const values = new Map([...settings].map(([name, { value }]) => [name, value]));
  return { config: configOf(values), settings, files };
}
