import { renameSync, writeFileSync } from "node:fs";
import { readOwnFile, type Unreadable } from "../runtime/files.ts";
import type { ProcessIdentity } from "../runtime/process.ts";
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
  /** Socket of the tmux server in which it runs, as a session named by its UUID; missing for one in a terminal. */
  tmux?: string;
  /** ISO 8601, as all times here. */
  createdAt: string;
  /** The start of the process, where that was not the session's first one. */
  resumedAt?: string;
  /** When it was last brought back after it was pruned. */
  restoredAt?: string;
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
  const { format, id, name, project, cwd, identity, claude, createdAt, resumedAt, restoredAt, tmux } =
    value as Record<string, unknown>;
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
  if (tmux !== undefined && !isText(tmux)) return "no tmux";
  if (!isTime(createdAt) || [resumedAt, restoredAt].some((time) => time !== undefined && !isTime(time))) {
    return "no time of creation";
  }
  return undefined;
}

/**
 * Writes a session's record, the first one or the next. A reader sees all of it or what was there before; of two
 * writers the later wins, so whoever writes holds the lock of all starts.
 */
export function createRecord(directory: string, record: SessionRecord): void {
  const path = `${directory}/${fileName}.${newId()}`;
  writeFileSync(path, JSON.stringify(record, null, 2) + "\n", { mode: 0o600 });
  renameSync(path, `${directory}/${fileName}`);
}
