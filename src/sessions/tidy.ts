import { mkdirSync, renameSync } from "node:fs";
import { latestConversation } from "../claude/transcripts.ts";
import { sessionIds } from "./find.ts";
import type { Layout } from "./paths.ts";
import { sessionLiveness } from "./presence.ts";
import { readRecord, type SessionRecord } from "./record.ts";

/** A session in which nothing was said is kept this long, in ms: somebody may come back to it. */
export const UNUSED_AFTER = 60 * 60 * 1000;

/** Ended sessions in which nothing was ever said. What cannot be judged, or is not ours, is not among them. */
export function neverUsed(layout: Layout, now: number = Date.now()): SessionRecord[] {
  return sessionIds(layout).flatMap((id) => {
    const record = readRecord(`${layout.sessions}/${id}`);
    if (record === undefined || "unreadable" in record) return [];
    if (sessionLiveness(layout, record) !== "dead") return [];
    const started = Date.parse(record.resumedAt ?? record.createdAt);
    const unused = latestConversation(`${layout.sessions}/${id}`) === undefined;
    return unused && now - started > UNUSED_AFTER ? [record] : [];
  });
}

/** One rename each: nothing is deleted, and what is moved by mistake can be moved back. Returns where they went. */
export function moveToTrash(layout: Layout, sessions: readonly SessionRecord[]): string {
  const trash = `${layout.ops}/trash`;
  mkdirSync(trash, { recursive: true, mode: 0o700 });
  for (const { id } of sessions) renameSync(`${layout.sessions}/${id}`, `${trash}/${id}`);
  return trash;
}
