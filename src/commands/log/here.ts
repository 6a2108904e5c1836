import { existsSync } from "node:fs";
import { runAsUser } from "../../host/as_user.ts";
import { SYSTEM } from "../../host/layout.ts";
import { managedUsers } from "../../host/records.ts";
import { findAccount } from "../../runtime/account.ts";
import { layoutOf } from "../../sessions/paths.ts";
import { followLog } from "../../updates/follow_log.ts";
import { type LogEvent, parseLine } from "../../updates/log_event.ts";
import { rootsLog, updateLog } from "../../updates/log_place.ts";
import { readLog } from "../../updates/read_log.ts";
import type { Row } from "./view.ts";

export interface LogRequest {
  /** ISO 8601: only what happened from then on. */
  since: string | undefined;
  /** Follow until it is aborted; undefined: what there is now. */
  stop: AbortSignal | undefined;
  emit(rows: Row[]): void;
}

export const isFollowed = ({ stop }: LogRequest) => stop !== undefined;

/** The words that ask another claude-ops for the same. */
export const logWords = ({ since, stop }: LogRequest): string[] => [
  "log",
  ...(since === undefined ? [] : ["--since", since]),
  ...(stop === undefined ? [] : ["--follow", "--until-eof"]),
];

/** This user's log; for root that of root's side and those of all managed users, each read by a process of its own. Tells whether one failed. */
export async function logHere(request: LogRequest): Promise<boolean> {
  const users = process.getuid!() === 0 ? managedUsers() : [];
  if (users.length === 0) {
    await readOwn(updateLog(layoutOf(process.env).shared), request);
    return false;
  }
  const emit = (rows: Row[]) => request.emit(rows.map((row) => ({ ...row, user: "root" })));
  await Promise.all([
    ...[rootsLog(SYSTEM.versions)].filter((file) => existsSync(file)).map((file) =>
      readOwn(file, { ...request, emit })
    ),
    ...users.map((user) => logOf(user, request)),
  ]);
  return false;
}

async function readOwn(file: string, { since, stop, emit }: LogRequest): Promise<void> {
  const wanted = (lines: string[]): LogEvent[] =>
    lines.map(parseLine).filter(({ time }) => since === undefined || time >= since);
  if (stop === undefined) return emit(wanted(readLog(file).lines));
  for await (const lines of followLog(file, stop)) {
    const events = wanted(lines);
    if (events.length > 0) emit(events);
  }
}

async function logOf(user: string, request: LogRequest): Promise<void> {
  const account = findAccount(user);
  if (!account || account.uid === 0) return;
  const emit = (events: unknown) => request.emit(rowsOf(events).map((row) => ({ ...row, user })));
  const said = await runAsUser(account, logWords(request), (line) => emit([line]), { live: request.stop });
  emit(said.events);
}

/** What another claude-ops said, as far as it is events: all that a line of a log has is text. */
export function rowsOf(events: unknown): Row[] {
  if (!Array.isArray(events)) return [];
  return events.map((told) =>
    Object.fromEntries(Object.entries(told ?? {}).filter(([, value]) => typeof value === "string")) as Row
  ).filter(({ time, event }) => time !== undefined && event !== undefined);
}
