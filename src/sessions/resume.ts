import { accessSync } from "node:fs";
import { resumeArguments, startArguments } from "../claude/arguments.ts";
import { linkShared, seedConfig } from "../claude/config_dir.ts";
import { latestConversation } from "../claude/transcripts.ts";
import { Failure } from "../errors.ts";
import { livenessOf } from "../runtime/process.ts";
import { age } from "./age.ts";
import { find } from "./find.ts";
import { takeGround } from "./ground.ts";
import { claudeFor, enter, nameTaken, recordOf, type StartRequest, turnInto } from "./launch.ts";
import { delist, enlist, liveSessions } from "./live.ts";
import { quoted } from "./name.ts";
import { takeName } from "./names.ts";
import { ensureLayout, layoutOf } from "./paths.ts";
import { projectOf } from "./project.ts";
import { readRecord, replaceRecord, type SessionRecord } from "./record.ts";
import { trustedFor } from "./trust.ts";

export interface ResumeRequest extends Omit<StartRequest, "name" | "worktree" | "continues"> {
  /** The session's name or UUID. */
  which: string;
}

/**
 * Goes on with a session in its own config dir: this process becomes Claude Code.
 * @throws Failure when there is none such, several, or a live one
 */
export async function resumeSession(request: ResumeRequest): Promise<never> {
  const layout = layoutOf(request.env);
  const before = find(layout, request.which);
  refuseLive(before);
  const claude = claudeFor(layout, request.env);
  const cwd = request.directory === undefined ? goBack(before) : enter(request.directory);
  const project = projectOf(cwd);
  const ground = await takeGround(layout, liveSessions(layout), { cwd, name: before.name, movable: false });
  ensureLayout(layout);

  const { id, name, createdAt } = before;
  const directory = `${layout.sessions}/${id}`;
  const record = {
    ...recordOf(id, name, project, cwd, claude),
    createdAt,
    resumedAt: new Date().toISOString(),
  };
  const mine = replaceRecord(directory, record, () => {
    const now = readRecord(directory);
    return now !== undefined && !("unreadable" in now) && livenessOf(now.identity) === "dead";
  });
  if (!mine) {
    throw new Failure(`session ${name} is being resumed by somebody else`, {
      hint: "see: claude-ops session list",
    });
  }
  try {
    const other = takeName(layout, name, id);
    if (other !== undefined) throw nameTaken(other);
    enlist(layout, id);
    await ground.lookAgain();
    linkShared(directory, layout.shared);
    seedIfMissing();
    const conversation = latestConversation(directory);
    const args = conversation === undefined ? startArguments(id, name) : resumeArguments(conversation);
    return turnInto(claude, args, request, layout, directory);
  } catch (error) {
    // It is not live when this process ends; the record says so by itself.
    delist(layout, id);
    throw error;
  }

  function seedIfMissing() {
    try {
      accessSync(`${directory}/.claude.json`);
    } catch {
      seedConfig(
        directory,
        trustedFor(layout, liveSessions(layout).map(({ record }) => record.id), cwd, project),
      );
    }
  }
}

/** To the directory that the session was in: a vanished one is asked about, never guessed. */
export function goBack({ name, cwd }: SessionRecord): string {
  try {
    return enter(cwd);
  } catch (error) {
    throw new Failure(
      `session ${name} was in a directory that cannot be entered: ${(error as Error).message}`,
      {
        hint: "say where to go on instead: --project DIR",
        code: "directory-gone",
        cause: error,
      },
    );
  }
}

function refuseLive({ name, identity, cwd, resumedAt, createdAt }: SessionRecord): void {
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
  throw new Failure(`session ${name} is live: pid ${identity.pid}, for ${since}, in ${cwd}`, {
    hint:
      `attach to it (claude-ops session attach ${quoted(name)}), go on with a copy (--fork), or end it: ` +
      `claude-ops session stop ${quoted(name)}`,
    code: "session-live",
  });
}
