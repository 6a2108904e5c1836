import { linkSync, lstatSync, rmSync, writeFileSync } from "node:fs";
import { linkShared, sharedDirectories, sharedFiles } from "../claude/config_dir.ts";
import { lastWords } from "../claude/last_words.ts";
import { errno } from "../errors.ts";
import { identityOf, type ProcessIdentity } from "../runtime/process.ts";
import { diskUsage } from "./disk.ts";
import { sessionIds } from "./find.ts";
import { newId } from "./id.ts";
import { enlist } from "./live.ts";
import { nameFor } from "./name.ts";
import { ensureLayout, type Layout } from "./paths.ts";
import { projectOf } from "./project.ts";
import type { SessionRecord } from "./record.ts";
import { unmanaged } from "./unmanaged.ts";

/** A config dir that some other script made. */
export interface Orphan {
  id: string;
  /** What it would be called. */
  name: string;
  cwd: string;
  /** When something last happened in it. */
  lastUsed: string;
  /** Bytes. */
  disk: number;
  conversation: string | null;
  /** What was last said to it. */
  lastPrompt: string | null;
  version: string | null;
  /** The process that runs in it. */
  pid: number | null;
  /** Shared resources that it has not. */
  missing: string[];
}

/** Directories among the sessions that are named by a UUID, belong to this user and have no record of ours. */
export function orphans(layout: Layout): Orphan[] {
  const running = new Map(unmanaged(layout).map(({ configDir, pid }) => [configDir, pid]));
  return sessionIds(layout).flatMap((id): Orphan[] => {
    const directory = `${layout.sessions}/${id}`;
    const facts = lstatSync(directory, { throwIfNoEntry: false });
    if (!facts?.isDirectory() || facts.uid !== process.getuid!()) return [];
    if (lstatSync(`${directory}/session.json`, { throwIfNoEntry: false }) !== undefined) return [];
    const words = lastWords(directory);
    const cwd = words?.cwd?.startsWith("/") ? words.cwd : layout.home;
    return [{
      id,
      name: nameFor(projectOf(cwd), id),
      cwd,
      lastUsed: new Date(words?.time ?? facts.mtimeMs).toISOString(),
      disk: diskUsage(directory),
      conversation: words?.conversation ?? null,
      lastPrompt: words?.prompt ?? null,
      version: words?.version ?? null,
      pid: running.get(directory) ?? null,
      missing: [...sharedDirectories, ...sharedFiles].filter((name) =>
        lstatSync(`${directory}/${name}`, { throwIfNoEntry: false }) === undefined
      ),
    }];
  });
}

/**
 * Makes it one of ours, by a record beside what is there; nothing else is touched. False when somebody else was faster.
 * What was accepted in it counts as accepted once it was resumed, as with every session.
 */
export function adopt(layout: Layout, { id, name, cwd, lastUsed, version, pid }: Orphan): boolean {
  ensureLayout(layout);
  const directory = `${layout.sessions}/${id}`;
  const identity = (pid === null ? undefined : identityOf(pid)) ?? nobody();
  const record: SessionRecord = {
    format: 1,
    id,
    name,
    project: projectOf(cwd),
    cwd,
    identity,
    claude: { path: "claude", ...(version === null ? {} : { version }) },
    createdAt: lastUsed,
  };
  const whole = `${directory}/session.json.${newId()}`;
  writeFileSync(whole, JSON.stringify(record, null, 2) + "\n", { mode: 0o600 });
  try {
    linkSync(whole, `${directory}/session.json`);
  } catch (error) {
    if (errno(error) === "EEXIST") return false;
    throw error;
  } finally {
    rmSync(whole, { force: true });
  }
  if (identity.pid !== 0) enlist(layout, id);
  return true;
}

/** Gives it the shared resources that it has not; what is there stays. */
export function linkInto(layout: Layout, { id }: Orphan): void {
  linkShared(`${layout.sessions}/${id}`, layout.shared);
}

/** No process has pid 0, so this one is dead for everybody. */
function nobody(): ProcessIdentity {
  return { ...identityOf(process.pid)!, pid: 0, startTime: 0 };
}
