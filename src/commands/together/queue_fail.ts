import { defineCommand } from "../../cli/command.ts";
import { pid } from "./options.ts";

export default defineCommand({
  name: "queue fail",
  summary: "Say that a claimed task came to nothing; it is tried again later",
  description:
    "A second later, and then each time twice as late, until it was tried as often as `queue push` said.",
  args: [{ name: "ID", summary: "Its number" }],
  options: {
    reason: { type: "string", value: "TEXT", summary: "Why, for others to read" },
    "no-retry": { type: "boolean", summary: "Give it up" },
    pid,
  },
  examples: [
    { command: 'claude-ops queue fail 12 --reason "the disk is full"', summary: "Somebody tries again" },
    { command: "claude-ops queue fail 12 --no-retry", summary: "Nobody does" },
  ],
  async run({ args: [id], options }, io) {
    const [{ actor, openTogether }, { failTask }, { taskData, taskNumber }] = await Promise.all([
      import("./together.ts"),
      import("../../coordination/end_task.ts"),
      import("./task_text.ts"),
    ]);
    const { reason, pid } = options;
    const task = failTask(openTogether(io), taskNumber(id!), actor(pid), {
      retry: !options["no-retry"],
      ...(reason === undefined ? {} : { reason }),
    });
    const when = task.status === "pending" ? `is tried again from ${task.readyAt} on` : "has failed for good";
    return { data: taskData(task), render: () => `task ${task.id} ${when}` };
  },
});
