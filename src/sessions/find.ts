import { readdirSync } from "node:fs";
import { errno, Failure } from "../errors.ts";
import { age } from "./age.ts";
import { isId } from "./id.ts";
import { nearest } from "../nearest.ts";
import { quoted } from "./name.ts";
import { indexAgain, indexedAs } from "./names.ts";
import type { Layout } from "./paths.ts";
import { severalFit } from "./question.ts";
import { readRecord, type SessionRecord } from "./record.ts";

/** How many ended sessions are looked at when not all are asked for. */
export const recent = 10;

const noSession = "no-session";

/** UUIDs of all directories that can be sessions, newest first. @throws Failure where they cannot be looked at */
export function sessionIds(layout: Layout): string[] {
  try {
    return readdirSync(layout.sessions).filter(isId).sort().reverse();
  } catch (error) {
    if (errno(error) === "ENOENT" || errno(error) === "ENOTDIR") return [];
    throw new Failure(`cannot look into ${layout.sessions}: ${errno(error) ?? error}`, {
      hint: "claude-ops doctor looks for what is wrong there",
      cause: error,
    });
  }
}

/** Several sessions could be meant; where somebody can be asked, they choose. */
export class SeveralFit extends Failure {
  override name = "SeveralFit";
  constructor(message: string, readonly candidates: readonly SessionRecord[]) {
    const shown = candidates.slice(0, 10).map(({ id, name, cwd, createdAt, resumedAt }) =>
      `  ${id}  ${name}, in ${cwd}, used ${age(resumedAt ?? createdAt)} ago`
    );
    const more = candidates.length > shown.length ? [`  and ${candidates.length - shown.length} older`] : [];
    super([message, ...shown, ...more].join("\n"), {
      hint: "say which one by its UUID",
      code: severalFit,
    });
  }
}

/**
 * The one session that a name or UUID means; an empty one means that somebody has to choose among all.
 * @throws SeveralFit when they have to, Failure when there is none or its record cannot be read
 */
export function find(layout: Layout, which: string): SessionRecord {
  if (isId(which.toLowerCase())) return byId(layout, which.toLowerCase());
  const found = lastUsedFirst(which === "" ? allRecords(layout) : named(layout, which));
  if (which === "" && found.length > 0) throw new SeveralFit("which session?", found);
  if (found.length === 1) return found[0]!;
  if (found.length > 1) throw new SeveralFit(`${found.length} sessions are named ${which}:`, found);
  throw new Failure(
    which === "" ? "there is no session yet" : `no session is named ${JSON.stringify(which)}`,
    {
      hint: which === "" ? "start one with claude-session" : meant(layout, which) ?? hint,
      code: noSession,
    },
  );
}

function meant(layout: Layout, which: string): string | undefined {
  const name = nearest(which, allRecords(layout).map(({ name }) => name));
  return name && `did you mean ${quoted(name)}? See: claude-ops session list --all`;
}

/** Looks into every session only for a name that the index does not know. */
function named(layout: Layout, name: string): SessionRecord[] {
  const known = indexedAs(layout, name);
  if (known.length > 0) return known;
  const lost = allRecords(layout).filter((record) => record.name === name);
  indexAgain(layout, lost);
  return lost;
}

function allRecords(layout: Layout): SessionRecord[] {
  return sessionIds(layout).flatMap((id) => {
    const record = readRecord(`${layout.sessions}/${id}`);
    return record === undefined || "unreadable" in record ? [] : [record];
  });
}

function lastUsedFirst(records: SessionRecord[]): SessionRecord[] {
  const used = ({ resumedAt, createdAt }: SessionRecord) => resumedAt ?? createdAt;
  return records.sort((a, b) => used(a) < used(b) ? 1 : -1);
}

const hint = "see claude-ops session list --all; pruned ones: claude-ops session trash";

function byId(layout: Layout, id: string): SessionRecord {
  const record = readRecord(`${layout.sessions}/${id}`);
  if (record === undefined) throw new Failure(`no session has the UUID ${id}`, { hint, code: noSession });
  if ("unreadable" in record) {
    throw new Failure(`the record of session ${id} cannot be read: ${record.unreadable}`, {
      hint: `look at ${layout.sessions}/${id}/session.json`,
    });
  }
  return record;
}
