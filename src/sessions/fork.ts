import { forkArguments } from "../claude/arguments.ts";
import { copyConversation } from "../claude/fork.ts";
import { latestConversation } from "../claude/transcripts.ts";
import { Failure } from "../errors.ts";
import { findOrBringBack } from "./bring_back.ts";
import { goBack } from "./enter.ts";
import { type StartRequest, startSession } from "./launch.ts";
import { layoutOf } from "./paths.ts";
import type { ResumeRequest } from "./resume.ts";

/**
 * Starts a session of its own that goes on with a copy of another one's conversation, live or ended: this process
 * becomes Claude Code.
 * @throws Failure when there is none such, several, or nothing was said in it yet
 */
export async function forkSession(
  request: ResumeRequest & Pick<StartRequest, "name" | "worktree">,
): Promise<never> {
  const layout = layoutOf(request.env);
  const original = await findOrBringBack(layout, request.which);
  const from = `${layout.sessions}/${original.id}`;
  const conversation = latestConversation(from);
  if (conversation === undefined) {
    throw new Failure(`nothing was said in session ${original.name} yet, so there is nothing to copy`, {
      hint: "start a new session instead",
    });
  }
  return await startSession({
    ...request,
    basis: original.name,
    directory: request.directory ?? goBack(original),
    continues: (configDir, id, name) => {
      copyConversation(from, conversation, configDir);
      return forkArguments(conversation, id, name);
    },
  });
}
