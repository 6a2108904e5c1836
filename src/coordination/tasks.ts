import type { Database } from "../store/database.ts";
import type { Owner } from "./owner.ts";

/** `failed`: it was tried as often as it may be, or given up. */
export type Status = "pending" | "claimed" | "done" | "failed";

export interface Task {
  id: number;
  queue: string;
  status: Status;
  /** Any JSON value. */
  value: unknown;
  /** How often it was claimed. */
  attempts: number;
  maxAttempts: number;
  /** ISO 8601: a pending one is not claimed before. */
  readyAt: string;
  /** Who works on it or worked on it last. */
  owner?: Owner;
  pushedBy: string;
  /** ISO 8601: the last change of its status. */
  changedAt: string;
  /** What it was completed with, or why it failed last. */
  result?: unknown;
}

export interface TaskRow {
  number: number;
  queue: string;
  status: Status;
  value: string;
  ready_at: number;
  attempts: number;
  max_attempts: number;
  owner_facts: string | null;
  pushed_by: string;
  changed_at: string;
  result: string | null;
}

export const task = (row: TaskRow): Task => ({
  id: row.number,
  queue: row.queue,
  status: row.status,
  value: JSON.parse(row.value),
  attempts: row.attempts,
  maxAttempts: row.max_attempts,
  readyAt: new Date(row.ready_at).toISOString(),
  ...(row.owner_facts === null ? {} : { owner: JSON.parse(row.owner_facts) }),
  pushedBy: row.pushed_by,
  changedAt: row.changed_at,
  ...(row.result === null ? {} : { result: JSON.parse(row.result) }),
});

/** Undefined where there is none of that number. */
export function findTask(db: Database, id: number): Task | undefined {
  const row = db.get<TaskRow>("SELECT * FROM tasks WHERE number = ?", id);
  return row && task(row);
}

/** Tasks in the order in which they were pushed, those that are done only where asked for. */
export function tasks(db: Database, queue?: string, { done = false }: { done?: boolean } = {}): Task[] {
  return db.all<TaskRow>(
    "SELECT * FROM tasks WHERE (? IS NULL OR queue = ?) AND (? OR status <> 'done') ORDER BY number",
    queue ?? null,
    queue ?? null,
    Number(done),
  ).map(task);
}

export interface QueueSummary extends Record<Status, number> {
  queue: string;
}

/** Each queue with how many tasks of it are in which state. */
export function queues(db: Database): QueueSummary[] {
  const found = new Map<string, QueueSummary>();
  const counted = db.all<{ queue: string; status: Status; count: number }>(
    "SELECT queue, status, count(*) AS count FROM tasks GROUP BY queue, status",
  );
  for (const { queue, status, count } of counted) {
    const summary = found.get(queue) ?? { queue, pending: 0, claimed: 0, done: 0, failed: 0 };
    found.set(queue, { ...summary, [status]: count });
  }
  return [...found.values()];
}

/** The tasks that an owner works on. */
export function tasksOf(db: Database, owner: Owner): Task[] {
  return db.all<TaskRow>(
    "SELECT * FROM tasks WHERE owner = ? AND status = 'claimed' ORDER BY number",
    owner.key,
  )
    .map(task);
}

/** Those who work on tasks of a queue, or of all. */
export function workers(db: Database, queue?: string): Owner[] {
  const found = queue === undefined
    ? db.all<TaskRow>("SELECT owner_facts FROM tasks WHERE owner IS NOT NULL GROUP BY owner")
    : db.all<TaskRow>(
      "SELECT owner_facts FROM tasks WHERE queue = ? AND status = 'claimed' GROUP BY owner",
      queue,
    );
  return found.map(({ owner_facts }) => JSON.parse(owner_facts!));
}
