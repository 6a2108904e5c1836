import { mkdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { identityOf } from "../../src/runtime/process.ts";
import { newId } from "../../src/sessions/id.ts";
import { takeName } from "../../src/sessions/names.ts";
import { ensureLayout, type Layout } from "../../src/sessions/paths.ts";
import { createRecord } from "../../src/sessions/record.ts";

export const day = 86_400_000;
export const hour = 3_600_000;

export interface Past {
  /** Milliseconds since it was last used. */
  ago: number;
  /** What was said in it; nothing when left out. */
  said?: string;
  live?: boolean;
}

/** Puts a session of some time ago into a layout; its UUID. */
export function pastSession(layout: Layout, name: string, { ago, said, live = false }: Past): string {
  ensureLayout(layout);
  const [id, time] = [newId(Date.now() - ago), new Date(Date.now() - ago)];
  const directory = join(layout.sessions, id);
  mkdirSync(directory);
  const identity = identityOf(process.pid)!;
  createRecord(directory, {
    format: 1,
    id,
    name,
    project: "/p",
    cwd: layout.home,
    identity: live ? identity : { ...identity, startTime: 1 },
    claude: { path: "/c" },
    createdAt: time.toISOString(),
  });
  takeName(layout, name, id);
  writeFileSync(join(directory, ".claude.json"), "{}");
  if (said === undefined) return id;
  mkdirSync(join(directory, "projects/-p/memory"), { recursive: true });
  const file = join(directory, `projects/-p/${id}.jsonl`);
  writeFileSync(file, said);
  utimesSync(file, time, time);
  return id;
}
