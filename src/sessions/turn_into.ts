import { writeSync } from "node:fs";
import { type Environment, launchEnvironment } from "../claude/environment.ts";
import { type ClaudeExecutable, findClaude, versionsRoots } from "../claude/executable.ts";
import { hooksOff } from "../claude/hooks_off.ts";
import { support } from "../claude/versions.ts";
import { Failure } from "../errors.ts";
import { become } from "../runtime/become.ts";
import { checkInBackground } from "./background.ts";
import type { Layout } from "./paths.ts";
import { pluginArguments } from "./plugin.ts";
import type { Settings } from "./settings.ts";

export interface ChosenClaude extends ClaudeExecutable {
  /** What the person should know of this version before it starts. */
  warning?: string;
}

/**
 * The Claude Code to start.
 * @throws Failure when there is none, or the managed one cannot share a login: only who names it gets that one
 */
export function claudeFor(layout: Layout, env: Environment): ChosenClaude {
  const claude = findClaude(env, versionsRoots(layout.home, env));
  if (claude.version === undefined) return claude;
  const { support: verdict, reason } = support(claude.version);
  if (verdict === "unsupported" && !env.CLAUDE_OPS_CLAUDE) {
    throw new Failure(reason, {
      hint: "run: claude-ops update (or name it in CLAUDE_OPS_CLAUDE to start it all the same)",
      code: "claude-unsupported",
    });
  }
  const dubious = verdict === "unsupported" || verdict === "unverifiable";
  return dubious ? { ...claude, warning: reason } : claude;
}

/**
 * The last steps of each start: what nobody waits for, and Claude Code.
 * @param directory the session's own
 * @param own Claude Code's arguments from us, before the person's
 * @throws Failure when it cannot be run
 */
export async function turnInto(
  claude: ChosenClaude,
  own: readonly string[],
  { args, env: inherited, settings }: { args: readonly string[]; env: Environment; settings: Settings },
  layout: Layout,
  { directory, project }: { directory: string; project: string },
): Promise<never> {
  // Not earlier: where somebody has to be asked something first, a start begins once more.
  if (claude.warning !== undefined) writeSync(2, `claude-session: ${claude.warning}\n`);
  const plugin = settings.plugin ? await pluginArguments(layout) : [];
  const cwd = process.cwd();
  const unguarded = settings.plugin ? hooksOff(args, { shared: layout.shared, cwd, project }) : undefined;
  if (unguarded !== undefined) {
    writeSync(2, `claude-session: ${unguarded} switches hooks off, so nothing guards this session's edits\n`);
  }
  checkInBackground(layout.nextCheck);
  const env = launchEnvironment(inherited, directory, layout.shared);
  env.PWD = cwd;
  return become(claude.path, ["claude", ...own, ...plugin, ...args], env);
}
