import { dirname } from "node:path";
import type { Environment } from "../claude/environment.ts";
import type { Layout } from "../sessions/paths.ts";
import { projectOf } from "../sessions/project.ts";
import { allHolds, type Hold } from "./holds.ts";
import { ruleFor } from "./rule.ts";
import { stands } from "./standing.ts";
import { targetOf } from "./target.ts";

/** A file that a session edits, for people and programs. Times are ISO 8601. */
export interface HeldFile {
  path: string;
  session: { id: string | null; name: string; pid: number };
  since: string;
  /** The last edit; null while the first one is still ahead. */
  edited: string | null;
}

/** What is held and still stands, by path; below a directory where one is named. */
export async function heldFiles(layout: Layout, env: Environment, directory?: string): Promise<HeldFile[]> {
  const top = directory === undefined ? undefined : targetOf(directory, process.cwd(), layout.home);
  const below = ({ path }: Hold) => top === undefined || path === top || path.startsWith(`${top}/`);
  const now = Date.now();
  const found: HeldFile[] = [];
  for (const hold of allHolds(layout).filter(below)) {
    const { idle } = await ruleFor(projectOf(dirname(hold.path)), env);
    if (stands(layout, hold, idle, now)) found.push(heldFile(hold));
  }
  return found.sort((a, b) => a.path < b.path ? -1 : 1);
}

/** A hold as `--json` shows it. */
export function heldFile({ path, by, since, edited }: Hold): HeldFile {
  const iso = (time: number) => new Date(time).toISOString();
  return {
    path,
    session: { id: by.id ?? null, name: by.name, pid: by.identity.pid },
    since: iso(since),
    edited: edited === undefined ? null : iso(edited),
  };
}
