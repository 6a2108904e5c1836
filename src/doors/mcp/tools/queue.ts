import { z } from "zod";
import { completeTask, failTask } from "../../../coordination/end_task.ts";
import { claimTask, push } from "../../../coordination/queue.ts";
import { queues, tasks } from "../../../coordination/tasks.ts";
import { tool } from "../tool.ts";

const queue = z.string().describe("e.g. project:shop");
const id = z.number().int();

export const queueTools = [
  tool({
    name: "push_task",
    description: "Put a task into a queue that several sessions work off, each task done by one of them.",
    input: { queue, task: z.any().describe("any JSON; say all that whoever does it must know") },
    run: ({ db, owner }, { queue, task }) => ({ id: push(db, queue, task ?? null, owner.name) }),
  }),
  tool({
    name: "claim_task",
    description:
      "Take the next task of a queue. It is this session's until complete_task or fail_task, and goes back when the session ends.",
    input: { queue },
    run: ({ db, owner }, { queue }) =>
      claimTask(db, queue, owner) ?? { empty: true, advice: "nothing is waiting in it" },
  }),
  tool({
    name: "complete_task",
    description: "Say that a task you took is done.",
    input: { id, result: z.any().optional().describe("any JSON") },
    run: ({ db, owner }, { id, result }) => completeTask(db, id, owner, result),
  }),
  tool({
    name: "fail_task",
    description: "Give a task back that came to nothing; it is tried again later unless retry is false.",
    input: { id, reason: z.string().optional(), retry: z.boolean().optional() },
    run: ({ db, owner }, { id, reason, retry }) =>
      failTask(db, id, owner, {
        ...(reason !== undefined && { reason }),
        ...(retry !== undefined && { retry }),
      }),
  }),
  tool({
    name: "list_tasks",
    description: "The tasks of a queue and who works on them; without queue all queues.",
    input: { queue: queue.optional() },
    readOnly: true,
    run: ({ db }, { queue }) => queue === undefined ? { queues: queues(db) } : { tasks: tasks(db, queue) },
  }),
];
