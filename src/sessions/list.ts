import { memoryOf } from "../runtime/process_memory.ts";
import { recent, sessionIds } from "./find.ts";
import { enlist, liveSessions } from "./live.ts";
import type { Layout } from "./paths.ts";
import { isPinned, pinnedIds } from "./pins.ts";
import { type Doing, type Presence, presenceOf } from "./presence.ts";
import { branchOf, placeOf } from "./project.ts";
import { readRecord, type SessionRecord } from "./record.ts";

/** `unreadable`: its record is damaged or not this user's. */
export type SessionState = Doing | "unreadable";

/** A session as `session list --json` shows it; null where it is not known. */
export interface SessionSummary {
  id: string;
  name: string | null;
  project: string | null;
  cwd: string | null;
  /** That its directory is on now; digits of a commit where it is on none. */
  branch: string | null;
  state: SessionState;
  live: boolean;
  /** It runs in a tmux server and can be attached to while it lives. */
  detached: boolean;
  /** Cleanup leaves it alone. */
  pinned: boolean;
  /** Since when it is in this state, as Claude Code says. */
  stateSince: string | null;
  /** What it waits for, in Claude Code's words. */
  waitingFor: string | null;
  /** Of a process that runs here. */
  pid: number | null;
  /** Bytes that would be free without it and all that it has started. */
  memory: number | null;
  version: string | null;
  createdAt: string | null;
  /** When the process started that it was last run by. */
  startedAt: string | null;
  /** Where it runs, when that is elsewhere. */
  host?: string;
  /** Why the record cannot be read. */
  problem?: string;
}

export interface SessionList {
  sessions: SessionSummary[];
  /** How many ended ones were left out. */
  older: number;
}

/** Live sessions first, then ended ones, newest first. What this costs depends on those that it shows. */
export function listSessions(layout: Layout, all: boolean): SessionList {
  const live = liveSessions(layout).map(({ record }) => ({ record, presence: presenceOf(layout, record) }));
  const seen = new Set(live.map(({ record }) => record.id));
  const others = sessionIds(layout).filter((id) => !seen.has(id));
  const shown = others.slice(0, all ? undefined : recent).flatMap((id) => {
    const record = readRecord(`${layout.sessions}/${id}`);
    // A UUID without a record is somebody else's.
    if (record === undefined) return [];
    if ("unreadable" in record) return [unreadable(id, record.unreadable)];
    const presence = presenceOf(layout, record);
    if (presence.pids.length === 0) return [summary(record, presence)];
    enlist(layout, id);
    live.push({ record, presence });
    return [];
  });
  const memory = memoryOf(live.map(({ presence }) => presence.pids));
  const first = live.map(({ record, presence }, i) => summary(record, presence, memory[i]));
  const pinned = pinnedIds(layout);
  const sessions = [...first.sort(byStart), ...shown];
  for (const session of sessions) session.pinned = pinned.has(session.id);
  return {
    sessions,
    older: all ? 0 : Math.max(0, others.length - recent),
  };
}

/** How many live and ended sessions there are. */
export function countSessions(layout: Layout): { live: number; ended: number } {
  const live = new Set(
    liveSessions(layout).flatMap(({ record, liveness }) => liveness === "live" ? [record.id] : []),
  );
  const ended = sessionIds(layout).filter((id) => {
    const record = live.has(id) ? undefined : readRecord(`${layout.sessions}/${id}`);
    return record !== undefined;
  });
  return { live: live.size, ended: ended.length };
}

const byStart = (a: SessionSummary, b: SessionSummary) => (a.startedAt ?? "") < (b.startedAt ?? "") ? 1 : -1;

/** One session as the list has it. */
export function summaryOf(layout: Layout, record: SessionRecord): SessionSummary {
  const presence = presenceOf(layout, record);
  const known = summary(record, presence, memoryOf([presence.pids])[0]);
  return { ...known, pinned: isPinned(layout, record.id) };
}

function summary(record: SessionRecord, presence: Presence, memory?: number): SessionSummary {
  const { id, name, project, cwd, identity, claude, createdAt, resumedAt } = record;
  const { doing, pids, waitingFor, since } = presence;
  const live = pids.length > 0;
  return {
    id,
    name,
    project,
    cwd,
    branch: branchOf(placeOf(cwd)) ?? null,
    state: doing,
    live,
    detached: record.tmux !== undefined,
    pinned: false,
    stateSince: since === undefined ? null : new Date(since).toISOString(),
    waitingFor: waitingFor ?? null,
    pid: pids[0] ?? null,
    memory: live ? memory ?? null : null,
    version: claude.version ?? null,
    createdAt,
    startedAt: resumedAt ?? createdAt,
    ...(doing === "elsewhere" ? { host: identity.host } : {}),
  };
}

function unreadable(id: string, problem: string): SessionSummary {
  return {
    id,
    name: null,
    project: null,
    cwd: null,
    branch: null,
    state: "unreadable",
    live: false,
    detached: false,
    pinned: false,
    stateSince: null,
    waitingFor: null,
    pid: null,
    memory: null,
    version: null,
    createdAt: null,
    startedAt: null,
    problem,
  };
}
