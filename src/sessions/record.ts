import { linkSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { errno } from "../errors.ts";
import { readOwnFile, type Unreadable } from "../runtime/files.ts";
import { livenessOf, type ProcessIdentity } from "../runtime/process.ts";
import { isId, newId } from "./id.ts";

/** What is known of a session: `session.json` in its directory. */
export interface SessionRecord {
  format: 1;
  id: string;
  name: string;
  /** The repository's directory, the same for all its worktrees; outside git the directory itself. */
  project: string;
  cwd: string;
  /** The process that became Claude Code. */
  identity: ProcessIdentity;
  claude: { path: string; version?: string };
  /** ISO 8601, as all times here. */
  createdAt: string;
  /** The start of the process, where that was not the session's first one. */
  resumedAt?: string;
}

const fileName = "session.json";
const largest = 64 << 10;

/** Undefined when the directory holds no record: then it is none of ours. Never throws. */
export function readRecord(directory: string): SessionRecord | Unreadable | undefined {
  const record = readRecordFile(`${directory}/${fileName}`);
  if (record === undefined || "unreadable" in record) return record;
  return directory.endsWith(`/${record.id}`) ? record : { unreadable: "names another session" };
}

function readRecordFile(path: string): SessionRecord | Unreadable | undefined {
  const text = readOwnFile(path, largest);
  if (typeof text !== "string") return text;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { unreadable: text.trim() === "" ? "empty" : "no complete JSON" };
  }
  const fault = faultOf(value);
  if (fault !== undefined) return { unreadable: fault };
  return value as SessionRecord;
}

const isText = (value: unknown): value is string => typeof value === "string" && value.length > 0;
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
const isTime = (value: unknown): value is string => isText(value) && !Number.isNaN(Date.parse(value));

function faultOf(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null) return "no object";
  const { format, id, name, project, cwd, identity, claude, createdAt, resumedAt } = value as Record<
    string,
    unknown
  >;
  if (format !== 1) return `format ${JSON.stringify(format)} is not known`;
  if (!isText(id) || !isId(id)) return "id is no UUID";
  if (!isText(name)) return "no name";
  if (!isText(project) || !isText(cwd)) return "no project";
  const { bootId, pid, startTime, pidNamespace, utsNamespace, host } = (identity ?? {}) as Record<
    string,
    unknown
  >;
  const counted = [pid, startTime, pidNamespace, utsNamespace].every(isCount);
  if (!counted || !isText(bootId) || typeof host !== "string") return "no process identity";
  const { path, version } = (claude ?? {}) as Record<string, unknown>;
  if (!isText(path) || (version !== undefined && !isText(version))) return "no Claude Code";
  if (!isTime(createdAt) || (resumedAt !== undefined && !isTime(resumedAt))) return "no time of creation";
  return undefined;
}

/** Writes the first record of a session. A reader sees all of it or nothing. */
export function createRecord(directory: string, record: SessionRecord): void {
  renameSync(write(directory, record), `${directory}/${fileName}`);
}

/**
 * Puts a record in the place of one whose process has ended. Of several processes that try at once, one gets true.
 * @param stillFree asked once nobody else can be replacing the record
 */
export function replaceRecord(directory: string, record: SessionRecord, stillFree: () => boolean): boolean {
  const mine = write(directory, record);
  const next = `${directory}/${fileName}.next`;
  try {
    if (!claim(mine, next)) return false;
    if (!stillFree()) {
      rmSync(next);
      return false;
    }
    renameSync(next, `${directory}/${fileName}`);
    return true;
  } finally {
    rmSync(mine, { force: true });
  }
}

/** A link appears at once and whole, and fails where somebody else's is; who died between two calls holds nothing. */
function claim(mine: string, next: string): boolean {
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      linkSync(mine, next);
      return true;
    } catch (error) {
      if (errno(error) !== "EEXIST") throw error;
      const other = readRecordFile(next);
      if (other === undefined) continue;
      if ("unreadable" in other || livenessOf(other.identity) !== "dead") return false;
      rmSync(next, { force: true });
    }
  }
  return false;
}

function write(directory: string, record: SessionRecord): string {
  const path = `${directory}/${fileName}.${newId()}`;
  writeFileSync(path, JSON.stringify(record, null, 2) + "\n", { mode: 0o600 });
  return path;
}
