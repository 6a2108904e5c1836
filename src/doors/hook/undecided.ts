import { dirname } from "node:path";
import type { Environment } from "../../claude/environment.ts";
import { ownHolder } from "../../guard/holder.ts";
import { leaveNotice } from "../../guard/notices.ts";
import { targetOf } from "../../guard/target.ts";
import { liveSessions } from "../../sessions/live.ts";
import { layoutOf } from "../../sessions/paths.ts";
import { projectOf } from "../../sessions/project.ts";
import type { HookInput } from "./input.ts";
import type { HookOutput } from "./output.ts";

/**
 * What is said where a hook failed. An edit that it should have judged goes on: its own session is told, and the others
 * of the project. Never throws.
 */
export async function undecided(
  event: string,
  input: HookInput | undefined,
  env: Environment,
  error: unknown,
): Promise<HookOutput> {
  const why = (error instanceof Error ? error.message : String(error)).split("\n")[0]!.slice(0, 500);
  const path = input?.toolInput.file_path ?? input?.toolInput.notebook_path;
  const what = typeof path === "string" ? `the edit of ${path}` : `${input?.tool ?? "what was asked"}`;
  if (event !== "PreToolUse") return { systemMessage: `claude-ops (${event}): ${why}` };
  const sentence = `claude-ops could not check ${what} against other sessions and let it through: ${why}`;
  try {
    const layout = layoutOf(env);
    const me = ownHolder(layout, env);
    const directory = typeof path === "string" && input
      ? dirname(targetOf(path, input.cwd, layout.home))
      : input?.cwd;
    const project = directory && projectOf(directory);
    for (const { record } of liveSessions(layout)) {
      const near = project === undefined || record.project === project;
      if (near && record.id !== me?.id) {
        leaveNotice(layout, record.id, `of session ${me?.name ?? "(not known)"}: ${sentence}`);
      }
    }
    const [{ openShared }, { addEvent }] = await Promise.all([
      import("../../coordination/open.ts"),
      import("../../coordination/events.ts"),
    ]);
    addEvent(openShared(env), me?.name ?? "claude-ops", { type: "guard-undecided", message: sentence });
  } catch {
    // Then at least this session hears of it.
  }
  return {
    systemMessage: sentence,
    hookSpecificOutput: {
      hookEventName: "PreToolUse",
      additionalContext:
        `${sentence}. Look with \`git status\` and \`claude-ops session check\` who else is here.`,
    },
  };
}
