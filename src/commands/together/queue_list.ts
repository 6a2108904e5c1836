import { defineCommand } from "../../cli/command.ts";

export default defineCommand({
  name: "queue list",
  summary: "Show queues, or the tasks of one",
  args: [{ name: "QUEUE", summary: "Its tasks; without it all queues", optional: true }],
  options: { all: { type: "boolean", summary: "Also the tasks that were done in the last day" } },
  examples: [
    { command: "claude-ops queue list", summary: "How much waits in each" },
    { command: "claude-ops queue list tests --all --json", summary: "Every task, for scripts" },
  ],
  async run({ args: [queue], options: { all } }, io) {
    const [{ openTogether }, { queues, tasks }, { taskData }, { renderQueues, renderTasks }] = await Promise
      .all([
        import("./together.ts"),
        import("../../coordination/tasks.ts"),
        import("./task_text.ts"),
        import("./queue_table.ts"),
      ]);
    const db = openTogether(io);
    if (queue === undefined) {
      const found = queues(db);
      return { data: { queues: found }, render: () => renderQueues(found, io) };
    }
    const found = tasks(db, queue, { done: all });
    return { data: { queue, tasks: found.map(taskData) }, render: () => renderTasks(found, io) };
  },
});
