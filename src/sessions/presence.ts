import { existsSync } from "node:fs";
import { claudeEntries, type ClaudeEntry } from "../claude/registry.ts";
import { type Liveness, livenessOf, mayRun } from "../runtime/process.ts";
import type { SessionRecord } from "./record.ts";
import type { Layout } from "./paths.ts";

/**
 * What a session is doing. `live`: running, more is not known (it has not said yet). `background`: its own process has
 * ended and left conversations behind that go on by themselves (`--bg`). `elsewhere`: in another container or machine.
 */
export type Doing = "busy" | "idle" | "waiting" | "shell" | "live" | "background" | "ended" | "elsewhere";

export interface Presence {
  doing: Doing;
  /** Its processes that run here, the one that it was started as first. */
  pids: number[];
  waitingFor?: string;
  /** Since when it is doing this, in ms since 1970. */
  since?: number;
}

/** What a session is doing, by Claude Code's own words as far as the kernel bears them out. */
export function presenceOf(layout: Layout, record: SessionRecord): Presence {
  const { identity } = record;
  const own = processLiveness(layout, record);
  if (own === "elsewhere") return { doing: "elsewhere", pids: [] };
  const entries = runningEntries(layout, record);
  const isOwn = ({ pid, startTime }: ClaudeEntry) => pid === identity.pid && startTime === identity.startTime;
  const others = entries.filter((entry) => !isOwn(entry)).map(({ pid }) => pid);
  if (own === "dead") return { doing: others.length > 0 ? "background" : "ended", pids: others };
  const said = entries.find(isOwn);
  const { status, waitingFor, statusSince: since }: Partial<ClaudeEntry> = said ?? {};
  return {
    doing: status ?? "live",
    pids: [identity.pid, ...others],
    ...(waitingFor === undefined ? {} : { waitingFor }),
    ...(since === undefined ? {} : { since }),
  };
}

/** Whether a terminal can be attached to a session: its own process runs here, in a tmux server. */
export const isAttachable = ({ identity, tmux }: SessionRecord): boolean =>
  tmux !== undefined && livenessOf(identity) === "live";

/** Whether anything of a session still runs: its own process, or what Claude Code left in the background. */
export function sessionLiveness(layout: Layout, record: SessionRecord): Liveness {
  const own = processLiveness(layout, record);
  return own === "dead" && runningEntries(layout, record).length > 0 ? "live" : own;
}

/**
 * Whether the process that was started for a session still runs. What runs elsewhere cannot be seen from here; its entry
 * in `ops/live` can, which that place takes away when it sees the session dead.
 */
export function processLiveness(layout: Layout, { id, identity }: SessionRecord): Liveness {
  const seen = livenessOf(identity);
  return seen === "elsewhere" && !existsSync(`${layout.live}/${id}`) ? "dead" : seen;
}

/** They run where the session was last started, so they are judged as if from there: boot, container and host. */
function runningEntries(layout: Layout, { id, identity }: SessionRecord): ClaudeEntry[] {
  const entries = claudeEntries(`${layout.sessions}/${id}`, (pid) => mayRun(identity, pid));
  return entries.filter(({ pid, startTime }) => livenessOf({ ...identity, pid, startTime }) === "live");
}
