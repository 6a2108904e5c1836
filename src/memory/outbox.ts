import type { Database } from "../store/database.ts";
import type { Memory } from "./memory.ts";

/** What an outside memory service is told. */
export type Message =
  | { kind: "saved"; memory: Memory; replaces?: number }
  | { kind: "forgotten"; ids: readonly number[]; project: string };

/** A message that waits. */
export interface Waiting {
  number: number;
  project: string;
  /** As it is sent: a message in JSON with a key of its own. */
  message: string;
  /** ISO 8601. */
  queuedAt: string;
  attempts: number;
  /** ISO 8601; not tried again before. */
  nextAt: string;
  /** Why the last attempt failed. */
  problem: string | null;
}

/** Databases whose outbox has a receiver. */
const receivers = new WeakSet<Database>();

/** From here on what is saved and forgotten through this connection is also queued for the receiver outside. */
export function useOutbox(database: Database): void {
  receivers.add(database);
}

/** In the transaction that changes the memory: both are kept or neither. */
export function enqueue(database: Database, message: Message): void {
  if (!receivers.has(database)) return;
  const project = message.kind === "saved" ? message.memory.project : message.project;
  database.run(
    "INSERT INTO memory_outbox (project, message, queued_at) VALUES (?, ?, ?)",
    project,
    // The same each time it is sent: who gets it twice can tell.
    JSON.stringify({ key: crypto.randomUUID(), ...message }),
    Date.now(),
  );
}

interface Row {
  number: number;
  project: string;
  message: string;
  queued_at: number;
  attempts: number;
  next_at: number;
  problem: string | null;
}

/** What waits, oldest first. */
export function waiting(database: Database, limit = 1000): Waiting[] {
  return database.all<Row>("SELECT * FROM memory_outbox ORDER BY number LIMIT ?", limit).map(waitingOf);
}

/** How many messages were not delivered yet. */
export function countWaiting(database: Database): number {
  return database.get<{ count: number }>("SELECT count(*) count FROM memory_outbox")!.count;
}

/** Of each project the oldest message, where it is due: what comes later waits for it. */
export function due(database: Database, now: number = Date.now()): Waiting[] {
  return database.all<Row>(
    "SELECT * FROM memory_outbox WHERE number IN (SELECT min(number) FROM memory_outbox GROUP BY project) " +
      "AND next_at <= ? ORDER BY number",
    now,
  ).map(waitingOf);
}

/** When the first message is due, milliseconds since 1970; Infinity when none waits. */
export function nextAttempt(database: Database): number {
  return database.get<{ next: number | null }>(
    "SELECT min(next_at) next FROM memory_outbox WHERE number IN (SELECT min(number) FROM memory_outbox GROUP BY project)",
  )!.next ?? Infinity;
}

/** Takes a message out, by its number. */
export function delivered(database: Database, number: number): void {
  database.write(() => database.run("DELETE FROM memory_outbox WHERE number = ?", number));
}

const longestPause = 3_600_000;

/** Tried again after a pause that doubles each time, from one second to an hour. */
export function failed(database: Database, { number, attempts }: Waiting, problem: string): void {
  const pause = Math.min(1000 * 2 ** attempts, longestPause);
  database.write(() =>
    database.run(
      "UPDATE memory_outbox SET attempts = attempts + 1, next_at = ?, problem = ? WHERE number = ?",
      Date.now() + pause,
      problem.slice(0, 500),
      number,
    )
  );
}

/** All are due now. */
export function retryNow(database: Database): void {
  database.write(() => database.run("UPDATE memory_outbox SET next_at = 0"));
}

function waitingOf(row: Row): Waiting {
  return {
    number: row.number,
    project: row.project,
    message: row.message,
    queuedAt: new Date(row.queued_at).toISOString(),
    attempts: row.attempts,
    nextAt: new Date(row.next_at).toISOString(),
    problem: row.problem,
  };
}
