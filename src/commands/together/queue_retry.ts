import { defineCommand } from "../../cli/command.ts";

export default defineCommand({
  name: "queue retry",
  summary: "Let a task that has failed for good be tried anew",
  args: [{ name: "ID", summary: "Its number" }],
  examples: [{ command: "claude-ops queue retry 12", summary: "What was in its way is gone" }],
  async run({ args: [id] }, io) {
    const [{ openTogether }, { retryTask }, { taskData, taskNumber }] = await Promise.all([
      import("./together.ts"),
      import("../../coordination/end_task.ts"),
      import("./task_text.ts"),
    ]);
    const task = retryTask(openTogether(io), taskNumber(id!));
    return { data: taskData(task), render: () => `task ${task.id} is in ${task.queue} again` };
  },
});
