import type { Io } from "../../cli/io.ts";
import { renderTable } from "../../cli/output.ts";
import type { QueueSummary, Task } from "../../coordination/tasks.ts";
import { age } from "../../sessions/age.ts";

export function renderQueues(queues: readonly QueueSummary[], io: Io): string {
  if (queues.length === 0) return "there are no queues";
  const columns = [
    { title: "QUEUE" },
    { title: "PENDING", align: "right" },
    { title: "CLAIMED", align: "right" },
    { title: "FAILED", align: "right" },
    { title: "DONE", align: "right" },
  ] as const;
  const rows = queues.map(({ queue, pending, claimed, failed, done }) => [
    queue,
    ...[pending, claimed, failed, done].map(String),
  ]);
  return renderTable(columns, rows, io.columns, io.style.dim);
}

export function renderTasks(tasks: readonly Task[], io: Io): string {
  if (tasks.length === 0) return "there is no task";
  const columns = [
    { title: "ID", align: "right" },
    { title: "STATUS" },
    { title: "TRIED", from: 60, align: "right" },
    { title: "WORKER" },
    { title: "AGO", from: 50, align: "right" },
    { title: "TASK", shrink: true },
    { title: "RESULT", shrink: true },
  ] as const;
  const rows = tasks.map(({ id, status, attempts, maxAttempts, owner, changedAt, value, result }) => [
    String(id),
    status,
    `${attempts}/${maxAttempts}`,
    owner?.name ?? "",
    age(changedAt),
    JSON.stringify(value),
    result === undefined ? "" : typeof result === "string" ? result : JSON.stringify(result),
  ]);
  return renderTable(columns, rows, io.columns, io.style.dim);
}
