import { existsSync } from "node:fs";
import { selfCommand } from "../runtime/self.ts";
import { commit, version } from "../version.ts";
import type { Layout } from "./paths.ts";

/** A build whose plugin may differ from another one's of the same name. */
const unfinished = commit === "source" || commit.endsWith("-modified");

/**
 * The arguments that give a session the plugin of this very binary. It is kept once per version, so that a live session's
 * never changes; a start only looks whether it is there.
 */
export async function pluginArguments(layout: Layout): Promise<string[]> {
  const program = selfCommand();
  const directory = `${layout.plugin}/${version}-${commit}-${digits(program.join(" "))}`;
  if (unfinished || !existsSync(`${directory}/.claude-plugin/plugin.json`)) {
    const { layOutPlugin } = await import("./lay_out_plugin.ts");
    layOutPlugin(directory, program, version);
  }
  return ["--plugin-dir", directory];
}

/** Eight digits for the program that the plugin calls (FNV-1a). */
function digits(text: string): string {
  let hash = 0x811c9dc5;
  for (const letter of text) hash = Math.imul(hash ^ letter.codePointAt(0)!, 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, "0");
}
