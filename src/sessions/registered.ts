import { mkdirSync, readFileSync, realpathSync, rmSync, statSync } from "node:fs";
import { claudeProcess } from "../claude/processes.ts";
import { errno, Failure, UsageFailure } from "../errors.ts";
import { namesIn, readOwnFile } from "../runtime/files.ts";
import { identityOf, livenessOf, parentOf, type ProcessIdentity } from "../runtime/process.ts";
import { replaceFile } from "../store/replace_file.ts";
import { checkName } from "./name.ts";
import { ensureLayout, type Layout } from "./paths.ts";

/** A process that claude-ops did not start, and that somebody said works on a project. */
export interface Registration {
  format: 1;
  /** What it was called by: any word, or a path. */
  project: string;
  cwd: string;
  name?: string;
  identity: ProcessIdentity;
  registeredAt: string;
}

/** Registrations whose process lives, or cannot be seen from here. Those of ended ones go. */
export function registered(layout: Layout): Registration[] {
  return fileNames(layout).flatMap((name) => {
    const record = read(`${layout.registered}/${name}`);
    if (record === undefined) return [];
    if (livenessOf(record.identity) !== "dead") return [record];
    // One file per process, so nobody can have put another registration there meanwhile.
    rmSync(`${layout.registered}/${name}`, { force: true });
    return [];
  });
}

/**
 * Writes down that a process works on a project; once more for the same process replaces what was said before.
 * @throws Failure when there is no such process of this user or no such directory
 */
export function register(
  layout: Layout,
  { project, cwd, pid, name }: { project: string; cwd: string; pid: number; name?: string },
): Registration {
  if (project.trim() === "" || project.length > 4096 || /\p{C}/u.test(project)) {
    throw new UsageFailure(`not a project: ${JSON.stringify(project)}`, "use its name or its directory");
  }
  if (name !== undefined) checkName(name);
  const record: Registration = {
    format: 1,
    project,
    cwd: directory(cwd),
    ...(name === undefined ? {} : { name }),
    identity: ownProcess(pid),
    registeredAt: new Date().toISOString(),
  };
  ensureLayout(layout);
  mkdirSync(layout.registered, { recursive: true, mode: 0o700 });
  const text = JSON.stringify(record, null, 2) + "\n";
  replaceFile(`${layout.registered}/${fileName(record.identity)}`, text, { mode: 0o600, durable: false });
  return record;
}

/** Takes a process's registration back; undefined when it had none. */
export function unregister(layout: Layout, pid: number): Registration | undefined {
  const found = registered(layout).find(({ identity }) =>
    identity.pid === pid && livenessOf(identity) === "live"
  );
  if (found !== undefined) rmSync(`${layout.registered}/${fileName(found.identity)}`, { force: true });
  return found;
}

/**
 * Who is meant when nobody is named: the nearest ancestor of this process that is Claude Code, since a session's tools
 * and hooks come and go below it; else the parent, which is the calling shell.
 */
export function caller(versionsRoots: readonly string[]): number {
  const above = ancestors();
  return above.find((pid) => claudeProcess(pid, versionsRoots) !== undefined) ?? above[0] ?? process.ppid;
}

/** The pids above this process, nearest first, without init. */
export function ancestors(): number[] {
  const found: number[] = [];
  for (let pid = parentOf(process.pid); pid !== undefined && pid > 1; pid = parentOf(pid)) found.push(pid);
  return found;
}

const fileName = ({ pidNamespace, pid, startTime }: ProcessIdentity) =>
  `${pidNamespace}-${pid}-${startTime}.json`;

function fileNames(layout: Layout): string[] {
  return namesIn(layout.registered).filter((name) => /^\d+-\d+-\d+\.json$/.test(name));
}

function read(path: string): Registration | undefined {
  const text = readOwnFile(path, 64 << 10);
  if (typeof text !== "string") return undefined;
  try {
    const record = JSON.parse(text) as Registration;
    const { format, project, cwd, name, identity, registeredAt } = record;
    const texts = [project, cwd, identity.bootId, identity.host, registeredAt, name ?? ""];
    const counts = [identity.pid, identity.startTime, identity.pidNamespace, identity.utsNamespace];
    const whole = format === 1 && texts.every((text) => typeof text === "string") &&
      counts.every(Number.isSafeInteger) && path.endsWith(`/${fileName(identity)}`);
    return whole ? record : undefined;
  } catch {
    return undefined;
  }
}

function directory(path: string): string {
  try {
    const real = realpathSync.native(path);
    if (statSync(real).isDirectory()) return real;
  } catch (error) {
    throw new Failure(`cannot register ${path}: ${errno(error)}`, {
      hint: "name the directory it works in",
    });
  }
  throw new Failure(`cannot register ${path}: it is not a directory`, {
    hint: "name the directory it works in",
  });
}

function ownProcess(pid: number): ProcessIdentity {
  const identity = identityOf(pid);
  if (identity === undefined) {
    throw new Failure(`no process has the pid ${pid}`, { hint: "register it while it runs" });
  }
  const uid = Number(/^Uid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]);
  if (uid === process.getuid!()) return identity;
  throw new Failure(`process ${pid} belongs to user ${uid}, not to you`, {
    hint: "register it as that user",
  });
}
