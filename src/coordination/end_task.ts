import { Failure } from "../errors.ts";
import type { Database } from "../store/database.ts";
import { addEvent } from "./events.ts";
import { livenessOfOwner, type Owner } from "./owner.ts";
import { findTask, type Status, type Task } from "./tasks.ts";
import { toJson } from "./words.ts";

const day = 86_400_000;

/**
 * Says that a claimed task is done.
 * @throws Failure when somebody else works on it, or nobody does
 */
export function completeTask(db: Database, id: number, owner: Owner, result?: unknown): Task {
  return db.write(() => {
    const { queue } = mine(db, id, owner);
    // Those that are done stay for a day.
    const old = "DELETE FROM tasks WHERE queue = ? AND status = 'done' AND ready_at < ?";
    db.run(old, queue, Date.now() - day);
    return settle(db, id, "done", Date.now(), result);
  });
}

/**
 * Says that a claimed task came to nothing. It is tried again, a second later and then each time twice as late, until it
 * was tried as often as it may be; or not at all without `retry`.
 */
export function failTask(
  db: Database,
  id: number,
  owner: Owner,
  { reason, retry = true }: { reason?: string; retry?: boolean } = {},
): Task {
  return db.write(() => {
    const { attempts, maxAttempts, queue } = mine(db, id, owner);
    const again = retry && attempts < maxAttempts;
    const wait = Math.min(300_000, 1000 * 2 ** (attempts - 1));
    if (!again) {
      addEvent(db, owner.name, { type: "task-failed", message: `${queue} ${id}: ${reason ?? "no reason"}` });
    }
    return settle(db, id, again ? "pending" : "failed", Date.now() + (again ? wait : 0), reason);
  });
}

/** Lets a failed task be tried anew. @throws Failure for one that has not failed */
export function retryTask(db: Database, id: number): Task {
  return db.write(() => {
    const { status } = known(db, id);
    if (status !== "failed") {
      throw new Failure(`task ${id} has not failed: it is ${status}`, { hint: "see claude-ops queue list" });
    }
    db.run("UPDATE tasks SET attempts = 0 WHERE number = ?", id);
    return settle(db, id, "pending", Date.now(), undefined);
  });
}

function settle(db: Database, id: number, status: Status, readyAt: number, result: unknown): Task {
  db.run(
    "UPDATE tasks SET status = ?, ready_at = ?, result = ?, owner = NULL, changed_at = ? WHERE number = ?",
    status,
    readyAt,
    result === undefined ? null : toJson(result),
    new Date().toISOString(),
    id,
  );
  return known(db, id);
}

function known(db: Database, id: number): Task {
  const found = findTask(db, id);
  if (found !== undefined) return found;
  throw new Failure(`there is no task ${id}`, { hint: "see: claude-ops queue list --all", code: "no-task" });
}

/** Who claimed it and has ended may have said so by a process that is not below it, so a task without a living owner is anybody's. */
function mine(db: Database, id: number, owner: Owner): Task {
  const found = known(db, id);
  if (found.status !== "claimed") {
    throw new Failure(`task ${id} is not claimed: it is ${found.status}`, {
      hint: `claim one first: claude-ops queue claim ${found.queue}`,
      code: "not-claimed",
    });
  }
  const holder = found.owner!;
  if (holder.key === owner.key || livenessOfOwner(holder) === "dead") return found;
  throw new Failure(`task ${id} is being worked on by ${holder.name}, since ${found.changedAt}`, {
    hint: "only who claimed a task can end it",
    code: "not-yours",
  });
}
