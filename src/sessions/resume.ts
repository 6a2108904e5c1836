import { resumeArguments, startArguments } from "../claude/arguments.ts";
import { addToConfig, linkShared } from "../claude/config_dir.ts";
import { latestConversation } from "../claude/transcripts.ts";
import { Failure } from "../errors.ts";
import { livenessOf } from "../runtime/process.ts";
import { admitted } from "./admission.ts";
import { age } from "./age.ts";
import { find } from "./find.ts";
import { claudeFor, enter, recordOf, type StartRequest, turnInto } from "./launch.ts";
import { inherited } from "./inherit.ts";
import { delist, enlist } from "./live.ts";
import { ensureLayout, layoutOf } from "./paths.ts";
import { projectOf } from "./project.ts";
import { createRecord, type SessionRecord } from "./record.ts";

export interface ResumeRequest extends Omit<StartRequest, "name"> {
  /** The session's name or UUID. */
  which: string;
}

/**
 * Goes on with a session in its own config dir: this process becomes Claude Code.
 * @throws Failure when there is none such, several, or a live one
 */
export function resumeSession(request: ResumeRequest): never {
  const layout = layoutOf(request.env);
  const before = find(layout, request.which);
  refuseLive(before);
  const claude = claudeFor(layout, request.env);
  const cwd = enter(request.directory ?? before.cwd);
  const project = projectOf(cwd);
  ensureLayout(layout);

  const { id, name, createdAt } = before;
  const directory = `${layout.sessions}/${id}`;
  const record = {
    ...recordOf(id, name, project, cwd, claude, request),
    createdAt,
    resumedAt: new Date().toISOString(),
  };
  const live = admitted(layout, request.limits, (sessions) => {
    // Whoever looked at the same moment was perhaps faster.
    refuseLive(find(layout, id));
    createRecord(directory, record);
    enlist(layout, id);
    return sessions;
  });
  try {
    linkShared(directory, layout.shared);
    addToConfig(directory, inherited(layout, live.map(({ record }) => record.id), cwd, project));
    const conversation = latestConversation(directory);
    const args = conversation === undefined ? startArguments(id, name) : resumeArguments(conversation);
    return turnInto(claude, args, request, layout, directory);
  } catch (error) {
    // It is not live when this process ends; the record says so by itself.
    delist(layout, id);
    throw error;
  }
}

/** @throws Failure for a session that runs, here or elsewhere */
export function refuseLive({ name, identity, resumedAt, createdAt, tmux }: SessionRecord): void {
  const liveness = livenessOf(identity);
  if (liveness === "dead") return;
  const since = age(resumedAt ?? createdAt);
  if (liveness === "elsewhere") {
    throw new Failure(
      `session ${name} runs on ${identity.host} since ${since}, or cannot be seen from here`,
      {
        hint: "end it there first",
        code: "session-live",
      },
    );
  }
  throw new Failure(`session ${name} is live: pid ${identity.pid}, for ${since}`, {
    hint: tmux === undefined
      ? `go to its terminal, or end it: kill ${identity.pid}`
      : `go to it: claude-ops session attach ${name}`,
    code: "session-live",
  });
}
