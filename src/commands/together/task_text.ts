import type { Task } from "../../coordination/tasks.ts";

/** A task as programs are shown it. */
export function taskData({ owner, ...task }: Task) {
  return {
    ...task,
    owner: owner?.name ?? null,
    session: owner?.session ?? null,
    ...(owner === undefined ? {} : { pid: owner.identity.pid }),
  };
}

/** A number of a task from the command line. */
export function taskNumber(text: string): number {
  // What is no number is the number of no task.
  return /^\d{1,15}$/.test(text) ? Number(text) : 0;
}
