import { readdirSync } from "node:fs";
import { Failure } from "../errors.ts";
import { age } from "./age.ts";
import { isId } from "./id.ts";
import type { Layout } from "./paths.ts";
import { readRecord, type SessionRecord } from "./record.ts";

/** UUIDs of all directories that can be sessions, newest first. */
export function sessionIds(layout: Layout): string[] {
  try {
    return readdirSync(layout.sessions).filter(isId).sort().reverse();
  } catch {
    return [];
  }
}

/**
 * The one session that a name or UUID means.
 * @throws Failure when there is none, its record cannot be read, or several have the name: then with their UUIDs
 */
export function find(layout: Layout, which: string): SessionRecord {
  if (isId(which.toLowerCase())) return byId(layout, which.toLowerCase());
  const found = sessionIds(layout).flatMap((id) => {
    const record = readRecord(`${layout.sessions}/${id}`);
    return record !== undefined && !("unreadable" in record) && record.name === which ? [record] : [];
  });
  if (found.length === 1) return found[0]!;
  if (found.length === 0) throw new Failure(`no session is named ${JSON.stringify(which)}`, { hint });
  const lines = found.map(({ id, project, createdAt }) => `  ${id}  ${project}, ${age(createdAt)} old`);
  throw new Failure(`${found.length} sessions are named ${which}:\n${lines.join("\n")}`, {
    hint: "say which one by its UUID",
    code: "name-ambiguous",
  });
}

const hint = "see: claude-ops session list --all";

function byId(layout: Layout, id: string): SessionRecord {
  const record = readRecord(`${layout.sessions}/${id}`);
  if (record === undefined) throw new Failure(`no session has the UUID ${id}`, { hint });
  if ("unreadable" in record) {
    throw new Failure(`the record of session ${id} cannot be read: ${record.unreadable}`, {
      hint: `look at ${layout.sessions}/${id}/session.json`,
    });
  }
  return record;
}
