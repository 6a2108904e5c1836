import { explainFailure } from "../errors.ts";
import { compare, type Comparison } from "./compare.ts";
import { recent, sessionIds } from "./find.ts";
import { liveSessions } from "./live.ts";
import type { Layout } from "./paths.ts";
import { readRecord, type SessionRecord } from "./record.ts";
import { sharedConfig } from "./shared.ts";

export interface Overview {
  sessions: Comparison[];
  /** Sessions that could not be looked into, each with the reason. */
  problems: { id: string; name: string; problem: string }[];
  /** How many ended ones were left out. */
  older: number;
}

/**
 * Live sessions and the newest ended ones, each against what is shared.
 * @throws Failure when the shared file cannot be read
 */
export function overview(layout: Layout, all: boolean): Overview {
  sharedConfig(layout);
  const live = liveSessions(layout).map(({ record }) => record);
  const ids = new Set(live.map(({ id }) => id));
  const others = sessionIds(layout).filter((id) => !ids.has(id));
  const ended = others.slice(0, all ? undefined : recent).flatMap((id): SessionRecord[] => {
    const record = readRecord(`${layout.sessions}/${id}`);
    return record === undefined || "unreadable" in record ? [] : [record];
  });
  const found: Overview = {
    sessions: [],
    problems: [],
    older: all ? 0 : Math.max(0, others.length - recent),
  };
  for (const record of [...live, ...ended]) {
    try {
      found.sessions.push(compare(layout, record));
    } catch (error) {
      found.problems.push({ id: record.id, name: record.name, problem: explainFailure(error).message });
    }
  }
  return found;
}
