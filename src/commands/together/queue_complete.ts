import { defineCommand } from "../../cli/command.ts";
import { pid } from "./options.ts";

export default defineCommand({
  name: "queue complete",
  summary: "Say that a claimed task is done",
  args: [{ name: "ID", summary: "Its number" }],
  options: { result: { type: "string", value: "JSON", summary: "What came of it" }, pid },
  examples: [{ command: "claude-ops queue complete 12", summary: "Done" }],
  async run({ args: [id], options: { result, pid } }, io) {
    const [{ actor, jsonValue, openTogether }, { completeTask }, { taskData, taskNumber }] = await Promise
      .all([
        import("./together.ts"),
        import("../../coordination/end_task.ts"),
        import("./task_text.ts"),
      ]);
    const value = result === undefined ? undefined : await jsonValue("--result", result);
    const task = completeTask(openTogether(io), taskNumber(id!), actor(pid), value);
    return { data: taskData(task), render: () => `task ${task.id} is done` };
  },
});
