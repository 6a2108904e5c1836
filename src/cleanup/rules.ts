import { latestTranscript } from "../claude/transcripts.ts";
import type { Config } from "../config/schema.ts";
import { isPlausible } from "../runtime/clock.ts";
import { diskUsage } from "../sessions/disk.ts";
import { sessionIds } from "../sessions/find.ts";
import type { Layout } from "../sessions/paths.ts";
import { pinnedIds } from "../sessions/pins.ts";
import { sessionLiveness } from "../sessions/presence.ts";
import { readRecord, type SessionRecord } from "../sessions/record.ts";

/** Ends of life: ages in ms, disk in bytes; undefined where it does not matter. */
export interface Rules {
  /** Since it was last used. */
  maxAge?: number;
  /** The same where nothing was said. */
  unusedAge?: number;
  /** How many ended sessions stay. */
  maxCount?: number;
  /** What all sessions, live ones included, may take. */
  maxDisk?: number;
}

export type Reason = "never used" | "old" | "too many" | "disk budget" | "named";

/** A session that has come to its end. */
export interface Due {
  record: SessionRecord;
  /** When it was last used (ms). */
  used: number;
  /** Whether something was said in it. */
  spoken: boolean;
  reason: Reason;
}

/** The rules of the configuration; a limit of 0 is none. */
export function configuredRules({ cleanup }: Config): Rules {
  return {
    maxAge: cleanup.max_age,
    unusedAge: cleanup.unused_age,
    ...(cleanup.max_count > 0 ? { maxCount: cleanup.max_count } : {}),
    ...(cleanup.max_disk > 0 ? { maxDisk: cleanup.max_disk } : {}),
  };
}

/**
 * Ended sessions that the rules let go, oldest first. Never a live or a pinned one, and none that cannot be judged: that
 * runs elsewhere, has no record of ours or one that cannot be read. A time in the future, or before there was a Claude
 * Code, is of a clock that was wrong: such a session counts as just used.
 */
export function due(layout: Layout, rules: Rules, now: number): Due[] {
  const pinned = pinnedIds(layout);
  const all = ended(layout).filter(({ record }) => !pinned.has(record.id));
  const reasons = new Map<string, Reason>();
  for (const { record: { id }, used, spoken } of all) {
    const age = isPlausible(used) ? now - used : 0;
    if (!spoken && rules.unusedAge !== undefined && age > rules.unusedAge) reasons.set(id, "never used");
    else if (rules.maxAge !== undefined && age > rules.maxAge) reasons.set(id, "old");
  }
  const stay = all.filter(({ record }) => !reasons.has(record.id));
  const most = rules.maxCount ?? Infinity;
  for (const { record } of stay.slice(0, Math.max(0, stay.length - most))) reasons.set(record.id, "too many");
  if (rules.maxDisk !== undefined) overBudget(layout, all, reasons, rules.maxDisk);
  return all.flatMap((each) => {
    const reason = reasons.get(each.record.id);
    return reason === undefined ? [] : [{ ...each, reason }];
  });
}

/** Ended sessions, the one that was used least lately first. */
function ended(layout: Layout): Omit<Due, "reason">[] {
  return sessionIds(layout).flatMap((id) => {
    const record = readRecord(`${layout.sessions}/${id}`);
    if (record === undefined || "unreadable" in record) return [];
    return sessionLiveness(layout, record) === "dead" ? [lifeOf(layout, record)] : [];
  }).sort((a, b) => a.used - b.used);
}

/** When a session was used last (ms since 1970), and whether anything was said in it. */
export function lifeOf(layout: Layout, record: SessionRecord): Omit<Due, "reason"> {
  const transcript = latestTranscript(`${layout.sessions}/${record.id}`);
  const { createdAt, resumedAt = createdAt, restoredAt = createdAt } = record;
  const used = Math.max(Date.parse(resumedAt), Date.parse(restoredAt), transcript?.time ?? 0);
  return { record, used, spoken: transcript !== undefined };
}

function overBudget(
  layout: Layout,
  all: readonly Omit<Due, "reason">[],
  reasons: Map<string, Reason>,
  most: number,
): void {
  const sizes = new Map(sessionIds(layout).map((id) => [id, diskUsage(`${layout.sessions}/${id}`)]));
  for (const id of reasons.keys()) sizes.delete(id);
  let total = sizes.values().reduce((sum, size) => sum + size, 0);
  for (const { record: { id } } of all) {
    if (total <= most) return;
    const size = sizes.get(id);
    if (size === undefined) continue;
    total -= size;
    reasons.set(id, "disk budget");
  }
}
