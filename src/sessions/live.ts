import { writeFileSync } from "node:fs";
import { namesIn, removeFile } from "../runtime/files.ts";
import type { Liveness } from "../runtime/process.ts";
import type { Layout } from "./paths.ts";
import { isId } from "./id.ts";
import { sessionLiveness } from "./presence.ts";
import { readRecord, type SessionRecord } from "./record.ts";
import { rememberTrust } from "./trust.ts";

export interface LiveSession {
  record: SessionRecord;
  liveness: Liveness;
}

/**
 * The sessions that were not seen dead yet, by the index `ops/live`: what this costs depends on the living, however
 * many dead there are. Those found dead leave it here, once what they know of trust is kept. The index is no truth:
 * that is each session's record and the kernel.
 */
export function liveSessions(layout: Layout): LiveSession[] {
  const live: LiveSession[] = [];
  for (const id of namesIn(layout.live).filter(isId)) {
    const directory = `${layout.sessions}/${id}`;
    const record = readRecord(directory);
    // Something is there that cannot be judged: it stays.
    if (record !== undefined && "unreadable" in record) continue;
    const liveness = record === undefined ? "dead" : sessionLiveness(layout, record);
    if (record !== undefined && liveness !== "dead") live.push({ record, liveness });
    else retire(layout, id, record);
  }
  return live;
}

/** Puts a session into the index. */
export function enlist(layout: Layout, id: string): void {
  writeFileSync(`${layout.live}/${id}`, "", { mode: 0o600 });
}

/** Takes a session out of the index that is dead or never came to life. */
export function delist(layout: Layout, id: string): void {
  removeFile(`${layout.live}/${id}`);
}

function retire(layout: Layout, id: string, dead: SessionRecord | undefined): void {
  try {
    rememberTrust(layout, id);
    delist(layout, id);
    // Resumed meanwhile: its record is replaced before its entry is made, so one of the two looks sees it.
    const record = readRecord(`${layout.sessions}/${id}`);
    if (record === undefined || "unreadable" in record) return;
    const isSame = dead !== undefined && record.resumedAt === dead.resumedAt;
    if (!isSame && sessionLiveness(layout, record) !== "dead") enlist(layout, id);
  } catch {
    // A full or read-only disk: the next one to look does it.
  }
}
