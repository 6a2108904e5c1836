import { existsSync, readdirSync, rmSync } from "node:fs";
import { marketplaceFiles, pluginName } from "../claude/plugin/files.ts";
import { Failure } from "../errors.ts";
import { selfCommand } from "../runtime/self.ts";
import { version } from "../version.ts";
import { writeFiles } from "./lay_out_plugin.ts";

/**
 * Writes the plugin as a marketplace into a directory. Returns the files.
 * @throws Failure where the directory holds something else
 */
export function exportPlugin(directory: string): string[] {
  const files = marketplaceFiles(selfCommand(), version);
  const ours = [".claude-plugin", pluginName];
  const foreign = existsSync(directory) ? readdirSync(directory).filter((name) => !ours.includes(name)) : [];
  if (foreign.length > 0) {
    throw new Failure(`${directory} holds something else: ${foreign[0]}`, {
      hint: "name a directory of its own",
    });
  }
  for (const name of ours) rmSync(`${directory}/${name}`, { recursive: true, force: true });
  writeFiles(directory, files, 0o644);
  return Object.keys(files).sort();
}
