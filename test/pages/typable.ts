import { spawnSync } from "node:child_process";
import { faultsIn } from "./command_tree.ts";

/** Programs that a host has or that come with what the command is about. */
const PROGRAMS = new Set(
  ("claude-ops claude-session apt-get chmod echo journalctl kill ln ls mount mv npm rm ssh sudo systemctl timedatectl type")
    .split(" "),
);

/** Why this text cannot be typed at a shell as it stands: no command, a blank to be filled in, a command that there is not. */
export function untypable(text: string): string[] {
  const faults = faultsIn(text);
  if (spawnSync("bash", ["-nc", text]).status !== 0) faults.push(`no shell takes this: ${text}`);
  for (const part of text.split(/&&|;/)) {
    const [program = ""] = part.trim().split(/\s/);
    if (!PROGRAMS.has(program)) faults.push(`${program}: no command`);
  }
  const blank = /(?<![$\w/.])[A-Z]{3,}\b(?!=)|<\w+>|…/.exec(text.replace(/'[^']*'/g, ""));
  if (blank) faults.push(`${blank[0]}: to be filled in`);
  return faults;
}
