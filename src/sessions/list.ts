import { livenessOf } from "../runtime/process.ts";
import { sessionIds } from "./find.ts";
import { enlist, liveSessions } from "./live.ts";
import type { Layout } from "./paths.ts";
import { readRecord, type SessionRecord } from "./record.ts";

/** `elsewhere`: in another container or machine; `unreadable`: its record is damaged or not this user's. */
export type SessionState = "live" | "dead" | "elsewhere" | "unreadable";

/** A session as `session list --json` shows it; null where it is not known. */
export interface SessionSummary {
  id: string;
  name: string | null;
  project: string | null;
  cwd: string | null;
  state: SessionState;
  live: boolean;
  /** It runs in a tmux server and can be attached to while it lives. */
  detached: boolean;
  /** Of a process that runs here. */
  pid: number | null;
  version: string | null;
  createdAt: string | null;
  /** When the process started that it was last run by. */
  startedAt: string | null;
  /** Why the record cannot be read. */
  problem?: string;
}

/** How many ended sessions are shown when not all are asked for. */
const recent = 10;

/** Live sessions first, then ended ones, newest first. `older` is the number of ended ones left out. */
export function listSessions(layout: Layout, all: boolean): { sessions: SessionSummary[]; older: number } {
  const live = liveSessions(layout).map(({ record, liveness }) => summary(record, liveness)).sort(byAge);
  const seen = new Set(live.map(({ id }) => id));
  const others = sessionIds(layout).filter((id) => !seen.has(id));
  const shown = others.slice(0, all ? undefined : recent).flatMap((id) => summaryOf(layout, id));
  for (const { id, state } of shown) if (state === "live") enlist(layout, id);
  const sessions = [...live, ...shown.filter(isLive), ...shown.filter((session) => !isLive(session))];
  return { sessions, older: all ? 0 : Math.max(0, others.length - recent) };
}

const isLive = (session: SessionSummary) => session.live;
const byAge = (a: SessionSummary, b: SessionSummary) => (a.startedAt ?? "") < (b.startedAt ?? "") ? 1 : -1;

function summaryOf(layout: Layout, id: string): SessionSummary[] {
  const record = readRecord(`${layout.sessions}/${id}`);
  // A UUID without a record is somebody else's.
  if (record === undefined) return [];
  if (!("unreadable" in record)) return [summary(record, livenessOf(record.identity))];
  const unknown = {
    name: null,
    project: null,
    cwd: null,
    pid: null,
    version: null,
    createdAt: null,
    startedAt: null,
  };
  return [{ ...unknown, id, state: "unreadable", live: false, detached: false, problem: record.unreadable }];
}

function summary(record: SessionRecord, state: SessionState): SessionSummary {
  const { id, name, project, cwd, identity, claude, createdAt, resumedAt } = record;
  return {
    id,
    name,
    project,
    cwd,
    state,
    live: state === "live",
    detached: record.tmux !== undefined,
    pid: state === "live" ? identity.pid : null,
    version: claude.version ?? null,
    createdAt,
    startedAt: resumedAt ?? createdAt,
  };
}
