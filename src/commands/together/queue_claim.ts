import { defineCommand } from "../../cli/command.ts";
import { Exit, Failure } from "../../errors.ts";
import { pid, wait } from "./options.ts";

export default defineCommand({
  name: "queue claim",
  summary: "Get the next task of a queue, which nobody else gets then",
  description: [
    "Prints its number and value. It is yours until `queue complete` or `queue fail`; when the session (outside of one: the",
    "calling shell) ends before that, it returns to its place in the queue. Exit status 75: there is none just now.",
  ].join("\n"),
  args: [{ name: "QUEUE", summary: "Which queue" }],
  options: { wait, pid },
  examples: [
    { command: "claude-ops queue claim tests --json", summary: "The next one, with its id and value" },
    { command: "claude-ops queue claim tests --wait 60", summary: "Wait for one up to a minute" },
  ],
  async run({ args: [queue], options: { wait, pid } }, io) {
    const [{ actor, openTogether, patience }, { awaitTask }, { taskData }] = await Promise.all([
      import("./together.ts"),
      import("../../coordination/queue.ts"),
      import("./task_text.ts"),
    ]);
    const task = await awaitTask(openTogether(io), queue!, actor(pid), patience(wait));
    if (task === undefined) {
      throw new Failure(`there is no task in ${queue} just now`, {
        hint: "wait for one with --wait; see: claude-ops queue list",
        exit: Exit.busy,
        code: "no-task",
      });
    }
    return { data: taskData(task), render: () => `${task.id} ${JSON.stringify(task.value)}` };
  },
});
