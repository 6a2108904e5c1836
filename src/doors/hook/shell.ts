import { gitUses } from "../../guard/git_words.ts";
import { ruleFor } from "../../guard/rule.ts";
import { stoppedGit } from "../../guard/sentence.ts";
import { targetOf } from "../../guard/target.ts";
import { heldInTree, releaseCommitted } from "../../guard/tree.ts";
import { placeOf } from "../../sessions/project.ts";
import type { HookContext } from "./context.ts";
import type { HookOutput } from "./output.ts";

const usesIn = ({ input: { toolInput, cwd }, layout }: HookContext) => {
  const line = toolInput.command;
  return (typeof line === "string" ? gitUses(line) : []).map(({ verb, directory = "." }) => ({
    verb,
    place: placeOf(targetOf(directory, cwd, layout.home)),
  }));
};

/** Before a shell command: whether it would commit, push or switch a tree in which somebody else edits. */
export async function beforeShell(context: HookContext): Promise<HookOutput | undefined> {
  const { env, layout, me } = context;
  for (const { verb, place } of usesIn(context)) {
    const { policy, idle } = await ruleFor(place.project, env);
    if (policy === "off") continue;
    const others = heldInTree(layout, place.worktree, idle, me);
    if (others.length === 0) continue;
    const sentence = stoppedGit(verb, others, place.worktree);
    return policy === "warn"
      ? {
        systemMessage: sentence,
        hookSpecificOutput: { hookEventName: "PreToolUse", additionalContext: sentence },
      }
      // Not even under "deny": whose commit it is, a person has to be able to say.
      : {
        hookSpecificOutput: {
          hookEventName: "PreToolUse",
          permissionDecision: "ask",
          permissionDecisionReason: sentence,
        },
      };
  }
  return undefined;
}

/** After a shell command: what was committed is free. */
export function afterShell(context: HookContext): undefined {
  const trees = new Set(
    usesIn(context).filter(({ verb }) => verb === "commit").map(({ place }) => place.worktree),
  );
  for (const tree of trees) releaseCommitted(context.layout, context.me, tree);
}
