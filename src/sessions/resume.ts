import { resumeArguments, startArguments } from "../claude/arguments.ts";
import { addToConfig, linkShared } from "../claude/config_dir.ts";
import { latestConversation } from "../claude/transcripts.ts";
import { admitted } from "./admission.ts";
import { findOrBringBack, unlessPruned } from "./bring_back.ts";
import { enter, goBack } from "./enter.ts";
import { find } from "./find.ts";
import { takeGround } from "./ground.ts";
import { nameTaken, refuseLive } from "./in_use.ts";
import { inherited } from "./inherit.ts";
import { recordOf, type StartRequest } from "./launch.ts";
import { delist, enlist, liveSessions } from "./live.ts";
import { takeName } from "./names.ts";
import { ensureLayout, layoutOf } from "./paths.ts";
import { projectOf } from "./project.ts";
import { createRecord } from "./record.ts";
import { claudeFor, turnInto } from "./turn_into.ts";

export interface ResumeRequest extends Omit<StartRequest, "name" | "worktree" | "continues"> {
  /** The session's name or UUID. */
  which: string;
}

/**
 * Goes on with a session in its own config dir: this process becomes Claude Code. In the same order as a start.
 * @throws Failure when there is none such, several, or a live one
 */
export async function resumeSession(request: ResumeRequest): Promise<never> {
  const layout = layoutOf(request.env);
  const before = await findOrBringBack(layout, request.which);
  refuseLive(layout, before);
  const claude = claudeFor(layout, request.env);
  const cwd = request.directory === undefined ? goBack(before) : enter(request.directory);
  const project = projectOf(cwd);
  const { id, name, createdAt } = before;
  ensureLayout(layout);
  const ground = await takeGround(
    layout,
    liveSessions(layout),
    { cwd, name, movable: false },
    request.settings,
  );

  const directory = `${layout.sessions}/${id}`;
  const admit = () =>
    admitted(layout, request.settings, (live) => {
      // Whoever looked at the same moment was perhaps faster.
      refuseLive(layout, find(layout, id));
      const other = takeName(layout, name, id);
      if (other !== undefined) throw nameTaken(other);
      createRecord(directory, {
        ...recordOf({ id, name, project, cwd, claude, detached: request.detached }),
        createdAt,
        resumedAt: new Date().toISOString(),
      });
      enlist(layout, id);
      return live;
    });
  const live = await unlessPruned(layout, id, admit);
  try {
    await ground.lookAgain(live);
    linkShared(directory, layout.shared);
    addToConfig(directory, inherited(layout, live.map(({ record }) => record.id), cwd, project));
    const conversation = latestConversation(directory);
    const args = conversation === undefined ? startArguments(id, name) : resumeArguments(conversation);
    return await turnInto(claude, args, request, layout, { directory, project });
  } catch (error) {
    // It is not live when this process ends; the record says so by itself.
    delist(layout, id);
    throw error;
  }
}
