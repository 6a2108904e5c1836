import { mkdirSync, rmSync } from "node:fs";
import { startArguments } from "../claude/arguments.ts";
import { linkShared, seedConfig } from "../claude/config_dir.ts";
import type { Environment } from "../claude/environment.ts";
import type { ClaudeExecutable } from "../claude/executable.ts";
import { ownIdentity } from "../runtime/process.ts";
import { admitted } from "./admission.ts";
import { enter } from "./enter.ts";
import { type Ground, takeGround } from "./ground.ts";
import { newId } from "./id.ts";
import { nameTaken } from "./in_use.ts";
import { inherited } from "./inherit.ts";
import { delist, enlist, liveSessions } from "./live.ts";
import { checkName, defaultName, nameOfBranch } from "./name.ts";
import { takeName } from "./names.ts";
import { ensureLayout, type Layout, layoutOf } from "./paths.ts";
import { projectOf } from "./project.ts";
import { createRecord, type SessionRecord } from "./record.ts";
import type { Settings } from "./settings.ts";
import { type ChosenClaude, claudeFor, turnInto } from "./turn_into.ts";

export interface StartRequest {
  /** Made up when left out. */
  name?: string;
  /** What a made-up name begins with; the project's when left out. */
  basis?: string;
  /** Where to work; the current directory when left out. */
  directory?: string;
  /** Work in a worktree of this branch, made where it is not there. */
  worktree?: string;
  /** Passed on to Claude Code unread. */
  args: readonly string[];
  env: Environment;
  settings: Settings;
  /** Where it runs in a tmux server. */
  detached?: Detached;
  /** Puts a conversation into the new config dir, to go on with; the arguments that do so. */
  continues?: (configDir: string, id: string, name: string) => string[];
}

export interface Detached {
  /** The session's UUID, chosen before. */
  id: string;
  /** The server's socket. */
  tmux: string;
}

/**
 * Starts a session of its own: this process becomes Claude Code. All that can be refused or has to be decided comes
 * first; then a worktree where one is wanted; then the session, under the lock of all starts.
 * @throws Failure when it cannot be started; nothing is left behind then
 */
export async function startSession(request: StartRequest): Promise<never> {
  if (request.name !== undefined) checkName(request.name);
  const layout = layoutOf(request.env);
  const claude = claudeFor(layout, request.env);
  const directory = enter(request.directory);
  const project = projectOf(directory);
  const live = liveSessions(layout);
  const holder = (name: string) => live.find(({ record }) => record.name === name);
  const taken = (name: string) => holder(name) !== undefined;
  const name = request.name ?? nameOfBranch(request.worktree, taken) ??
    defaultName(request.basis ?? project, taken);
  const other = holder(name);
  if (other !== undefined) throw nameTaken(other.record);
  ensureLayout(layout);
  const wish = { cwd: directory, name, worktree: request.worktree, movable: true };
  const ground = await takeGround(layout, live, wish, request.settings);
  try {
    return await makeSession(request, layout, claude, { name, project, ground });
  } catch (error) {
    ground.undo();
    throw error;
  }
}

async function makeSession(
  request: StartRequest,
  layout: Layout,
  claude: ChosenClaude,
  { name, project, ground }: { name: string; project: string; ground: Ground },
): Promise<never> {
  const { cwd } = ground;
  const id = request.detached?.id ?? newId();
  const directory = `${layout.sessions}/${id}`;
  try {
    const { live, called } = admitted(layout, request.settings, (live) => {
      mkdirSync(directory, { mode: 0o700 });
      for (let called = name;; called = defaultName(request.basis ?? project, () => false)) {
        // The record first: whatever happens from here on, the directory is known to be ours.
        createRecord(directory, {
          ...recordOf({ id, name: called, project, cwd, claude, detached: request.detached }),
          createdAt: new Date().toISOString(),
        });
        const faster = takeName(layout, called, id);
        if (faster !== undefined && request.name !== undefined) throw nameTaken(faster);
        if (faster !== undefined) continue;
        enlist(layout, id);
        return { live, called };
      }
    });
    await ground.lookAgain(live);
    linkShared(directory, layout.shared);
    seedConfig(directory, inherited(layout, live.map(({ record }) => record.id), cwd, project));
    const words = request.continues?.(directory, id, called) ?? startArguments(id, called);
    return await turnInto(claude, words, request, layout, { directory, project });
  } catch (error) {
    delist(layout, id);
    rmSync(directory, { recursive: true, force: true });
    throw error;
  }
}

/** What is written down of a session that this process becomes. */
export function recordOf({ id, name, project, cwd, claude: { path, version }, detached }: {
  id: string;
  name: string;
  project: string;
  cwd: string;
  claude: ClaudeExecutable;
  detached: Detached | undefined;
}): Omit<SessionRecord, "createdAt"> {
  const claude = version === undefined ? { path } : { path, version };
  return {
    format: 1,
    id,
    name,
    project,
    cwd,
    identity: ownIdentity(),
    claude,
    ...(detached && { tmux: detached.tmux }),
  };
}
