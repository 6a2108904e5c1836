import type { Database } from "../store/database.ts";
import { addEvent } from "./events.ts";
import { waitFor } from "./follow.ts";
import { livenessOfOwner, type Owner } from "./owner.ts";
import { type Task, task, type TaskRow, workers } from "./tasks.ts";
import { checkWord, toJson } from "./words.ts";

/** Times a task is tried unless said otherwise. */
export const attempts = 5;

/** Puts a task behind all others of its queue. Returns its id. */
export function push(
  db: Database,
  queue: string,
  value: unknown,
  by: string,
  { delay = 0, maxAttempts = attempts }: { delay?: number; maxAttempts?: number } = {},
): number {
  checkWord("queue", queue);
  const json = toJson(value);
  return db.write(() =>
    db.run(
      "INSERT INTO tasks (queue, status, value, ready_at, max_attempts, pushed_by, changed_at) VALUES (?, 'pending', ?, ?, ?, ?, ?)",
      queue,
      json,
      Date.now() + delay,
      maxAttempts,
      by,
      new Date().toISOString(),
    ).lastInsertRowid
  );
}

/**
 * Gives the next task of a queue to an owner, and to nobody else; undefined when there is none to be had. Tasks of owners
 * that have ended return first.
 */
export function claimTask(db: Database, queue: string, owner: Owner): Task | undefined {
  // Most who ask an empty queue need no turn at writing to be told so.
  if (deadWorkers(db, queue).length === 0 && nextOf(db, queue) === undefined) return undefined;
  // Who works on it ends with the power, and it returns: that needs no disk.
  return db.write(() => {
    returnTasks(db, queue);
    const next = nextOf(db, queue);
    if (next === undefined) return undefined;
    const now = new Date().toISOString();
    db.run(
      "UPDATE tasks SET status = 'claimed', attempts = attempts + 1, owner = ?, owner_facts = ?, changed_at = ? WHERE number = ?",
      owner.key,
      JSON.stringify(owner),
      now,
      next.number,
    );
    return { ...task(next), status: "claimed", attempts: next.attempts + 1, owner, changedAt: now };
  }, { durable: false });
}

function nextOf(db: Database, queue: string): TaskRow | undefined {
  return db.get<TaskRow>(
    "SELECT * FROM tasks WHERE queue = ? AND status = 'pending' AND ready_at <= ? ORDER BY ready_at, number LIMIT 1",
    queue,
    Date.now(),
  );
}

const deadWorkers = (db: Database, queue?: string) =>
  workers(db, queue).filter((owner) => livenessOfOwner(owner) === "dead");

/** Makes what ended workers had claimed pending again, at its old place. Returns how many. */
export function returnTasks(db: Database, queue?: string): number {
  const dead = deadWorkers(db, queue);
  if (dead.length === 0) return 0;
  return db.write(() =>
    dead.reduce((count, { key, name }) => {
      const { changes } = db.run(
        `UPDATE tasks SET status = iif(attempts < max_attempts, 'pending', 'failed'), result = ?, owner = NULL
         WHERE owner = ? AND status = 'claimed'`,
        JSON.stringify(`${name} ended while it worked on this`),
        key,
      );
      if (changes > 0) {
        const message = `${changes} of ${name}, which has ended`;
        addEvent(db, "claude-ops", { type: "tasks-returned", message });
      }
      return count + changes;
    }, 0), { durable: false });
}

/** Milliseconds until a waiter notices that a worker has died, or that a delayed task is ready. */
const pulse = 200;

/** The next task, waiting for `patience` milliseconds while there is none. */
export function awaitTask(
  db: Database,
  queue: string,
  owner: Owner,
  patience: number,
): Promise<Task | undefined> {
  return waitFor(db, patience, () => claimTask(db, queue, owner), pulse);
}
