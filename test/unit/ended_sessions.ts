import { mkdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { identityOf } from "../../src/runtime/process.ts";
import { newId } from "../../src/sessions/id.ts";
import { takeName } from "../../src/sessions/names.ts";
import { ensureLayout, type Layout } from "../../src/sessions/paths.ts";
import { createRecord, type SessionRecord } from "../../src/sessions/record.ts";

export const day = 86_400_000;
export const hour = 3_600_000;

export interface Past {
  /** Milliseconds since it was last used. */
  ago: number;
  /** What was said in it; nothing when left out. */
  said?: string;
  live?: boolean;
}

/** A session with a record and nothing else, ended unless `identity` is of a process that lives; its UUID. */
export function recordedSession(
  layout: Layout,
  name: string,
  { createdAt = new Date().toISOString(), ...more }: Partial<SessionRecord> = {},
): string {
  ensureLayout(layout);
  const id = newId(Date.parse(createdAt));
  const identity = { ...identityOf(process.pid)!, startTime: 1 };
  const usual = { project: "/p", cwd: "/p", claude: { path: "/c" }, identity };
  mkdirSync(join(layout.sessions, id));
  createRecord(join(layout.sessions, id), { format: 1, id, name, ...usual, createdAt, ...more });
  return id;
}

/** Puts a session of some time ago into a layout; its UUID. */
export function pastSession(layout: Layout, name: string, { ago, said, live = false }: Past): string {
  const time = new Date(Date.now() - ago);
  const createdAt = time.toISOString();
  const own = live ? { identity: identityOf(process.pid)! } : {};
  const id = recordedSession(layout, name, { cwd: layout.home, createdAt, ...own });
  const directory = join(layout.sessions, id);
  takeName(layout, name, id);
  writeFileSync(join(directory, ".claude.json"), "{}");
  if (said === undefined) return id;
  mkdirSync(join(directory, "projects/-p/memory"), { recursive: true });
  const file = join(directory, `projects/-p/${id}.jsonl`);
  writeFileSync(file, said);
  utimesSync(file, time, time);
  return id;
}
