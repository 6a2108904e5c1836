import { mkdirSync, realpathSync, rmSync, writeSync } from "node:fs";
import { startArguments } from "../claude/arguments.ts";
import { linkShared, seedConfig } from "../claude/config_dir.ts";
import { type Environment, launchEnvironment } from "../claude/environment.ts";
import { type ClaudeExecutable, findClaude, versionsRoots } from "../claude/executable.ts";
import { support } from "../claude/versions.ts";
import { errno, Failure } from "../errors.ts";
import { become } from "../runtime/become.ts";
import { identityOf } from "../runtime/process.ts";
import { checkInBackground } from "./background.ts";
import { newId } from "./id.ts";
import { delist, enlist, liveSessions } from "./live.ts";
import { checkName, defaultName, nameOfBranch } from "./name.ts";
import { ensureLayout, type Layout, layoutOf } from "./paths.ts";
import { projectOf } from "./project.ts";
import { type Ground, takeGround } from "./ground.ts";
import { createRecord, type SessionRecord } from "./record.ts";
import { trustedFor } from "./trust.ts";

export interface StartRequest {
  /** Made from the project's name when left out. */
  name?: string;
  /** Where to work; the current directory when left out. */
  directory?: string;
  /** Work in a worktree of this branch, made where it is not there. */
  worktree?: string;
  /** Passed on to Claude Code unread. */
  args: readonly string[];
  env: Environment;
}

/**
 * Starts a session of its own: this process becomes Claude Code.
 * @throws Failure when it cannot be started; nothing is left behind then
 */
export async function startSession(request: StartRequest): Promise<never> {
  if (request.name !== undefined) checkName(request.name);
  const layout = layoutOf(request.env);
  const claude = claudeFor(layout, request.env);
  const directory = enter(request.directory);
  const project = projectOf(directory);
  const running = liveSessions(layout);
  const live = running.map(({ record }) => record);
  const holder = (name: string) => live.find((record) => record.name === name);
  const taken = (name: string) => holder(name) !== undefined;
  const name = request.name ?? nameOfBranch(request.worktree, taken) ?? defaultName(project, taken);
  const other = holder(name);
  if (other !== undefined) throw nameTaken(other);
  const ground = await takeGround(layout, running, {
    cwd: directory,
    name,
    worktree: request.worktree,
    movable: true,
  });
  try {
    return await makeSession(request, layout, claude, { name, project, ground, live });
  } catch (error) {
    ground.undo();
    throw error;
  }
}

async function makeSession(
  request: StartRequest,
  layout: Layout,
  claude: ClaudeExecutable,
  { name, project, ground, live }: {
    name: string;
    project: string;
    ground: Ground;
    live: readonly SessionRecord[];
  },
): Promise<never> {
  const { cwd } = ground;
  const trusted = trustedFor(layout, live.map(({ id }) => id), cwd, project);

  ensureLayout(layout);
  const id = newId();
  const directory = `${layout.sessions}/${id}`;
  mkdirSync(directory, { mode: 0o700 });
  try {
    // The record first: whatever happens from here on, the directory is known to be ours.
    createRecord(directory, {
      ...recordOf(id, name, project, cwd, claude),
      createdAt: new Date().toISOString(),
    });
    enlist(layout, id);
    await ground.lookAgain();
    linkShared(directory, layout.shared);
    seedConfig(directory, trusted);
    return turnInto(claude, startArguments(id, name), request, layout, directory);
  } catch (error) {
    delist(layout, id);
    rmSync(directory, { recursive: true, force: true });
    throw error;
  }
}

/**
 * The Claude Code to start; says so when it is one whose isolation cannot be verified.
 * @throws Failure when there is none, or the managed one cannot share a login: only who names it gets that one
 */
export function claudeFor(layout: Layout, env: Environment): ClaudeExecutable {
  const claude = findClaude(env, versionsRoots(layout.home, env));
  if (claude.version === undefined) return claude;
  const { support: verdict, reason } = support(claude.version);
  if (verdict === "unsupported" && !env.CLAUDE_OPS_CLAUDE) {
    throw new Failure(reason, {
      hint: "run: claude-ops update (or name it in CLAUDE_OPS_CLAUDE to start it all the same)",
      code: "claude-unsupported",
    });
  }
  if (verdict === "unsupported" || verdict === "unverifiable") writeSync(2, `claude-session: ${reason}\n`);
  return claude;
}

/** The last steps of each start: what nobody waits for, and Claude Code. */
export function turnInto(
  claude: ClaudeExecutable,
  args: readonly string[],
  request: Pick<StartRequest, "args" | "env">,
  layout: Layout,
  directory: string,
): never {
  checkInBackground(layout.nextCheck);
  const env = launchEnvironment(request.env, directory, layout.shared);
  env.PWD = process.cwd();
  return become(claude.path, ["claude", ...args, ...request.args], env);
}

export function recordOf(
  id: string,
  name: string,
  project: string,
  cwd: string,
  { path, version }: ClaudeExecutable,
): Omit<SessionRecord, "createdAt"> {
  const claude = version === undefined ? { path } : { path, version };
  return { format: 1, id, name, project, cwd, identity: identityOf(process.pid)!, claude };
}

/**
 * Goes to the directory that a session works in; its path without symbolic links.
 * @throws Failure when it is not there
 */
export function enter(directory: string | undefined): string {
  try {
    if (directory === undefined) return process.cwd();
    const path = realpathSync.native(directory);
    process.chdir(path);
    return path;
  } catch (error) {
    const which = directory ?? "the current directory";
    const why = { ENOENT: "it does not exist", ENOTDIR: "it is not a directory", EACCES: "not allowed" };
    throw new Failure(`cannot work in ${which}: ${why[errno(error) as keyof typeof why] ?? error}`, {
      hint: "name a directory with --project DIR",
      cause: error,
    });
  }
}

function nameTaken({ name, identity, project }: SessionRecord): Failure {
  return new Failure(`a session named ${name} is live already: pid ${identity.pid}, in ${project}`, {
    hint: "take another name, or none",
    code: "name-taken",
  });
}
