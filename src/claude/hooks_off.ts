import { existsSync, readFileSync } from "node:fs";
import { beforeEnd } from "../before_end.ts";

/**
 * What switches all hooks off, those of plugins too: one of a user's own arguments, or `disableAllHooks` in a settings
 * file. Of a project, Claude Code reads the settings of the directory that it starts in, and the local ones of the main
 * worktree (2.1.330).
 * @param shared the user's own `.claude`
 */
export function hooksOff(
  args: readonly string[],
  { shared, cwd, project }: { shared: string; cwd: string; project: string },
): string | undefined {
  const flag = beforeEnd(args).find((arg) => arg === "--bare" || arg === "--safe-mode");
  if (flag !== undefined) return flag;
  const files = [
    `${project}/.claude/settings.local.json`,
    `${cwd}/.claude/settings.json`,
    `${shared}/settings.json`,
  ];
  // Each stands above the next: one that says false puts them on again.
  for (const file of files) {
    const off = saysOff(file);
    if (off !== undefined) return off ? `disableAllHooks in ${file}` : undefined;
  }
  return undefined;
}

function saysOff(file: string): boolean | undefined {
  try {
    const { disableAllHooks } = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {};
    return typeof disableAllHooks === "boolean" ? disableAllHooks : undefined;
  } catch {
    return undefined; // Claude Code says that itself.
  }
}
