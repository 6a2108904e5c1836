import { defineCommand } from "../../cli/command.ts";

export default defineCommand({
  name: "queue push",
  summary: "Put a task into a queue, and print its number",
  args: [
    { name: "QUEUE", summary: "Which queue; the first task makes it" },
    { name: "JSON", summary: "What is to be done, as any JSON value; - reads it from stdin" },
  ],
  options: {
    delay: { type: "string", value: "TIME", summary: "Nobody gets it before that time has passed" },
    attempts: {
      type: "integer",
      value: "NUMBER",
      min: 1,
      max: 1000,
      default: 5,
      summary: "How often it is tried",
    },
  },
  examples: [
    { command: `claude-ops queue push tests '{"file": "adapters.ts"}'`, summary: "Work for whoever comes" },
    { command: `claude-ops queue push nightly '"report"' --delay 2h`, summary: "Later" },
  ],
  async run({ args: [queue, text], options: { delay, attempts } }, io) {
    const [{ actor, jsonValue, milliseconds, openTogether }, { push }] = await Promise.all([
      import("./together.ts"),
      import("../../coordination/queue.ts"),
    ]);
    const value = await jsonValue("the task", text!);
    const id = push(openTogether(io), queue!, value, actor().name, {
      maxAttempts: attempts,
      ...(delay === undefined ? {} : { delay: milliseconds("delay", delay) }),
    });
    return { data: { id, queue, value }, render: () => String(id) };
  },
});
