import { defineCommand } from "../../cli/command.ts";

export default defineCommand({
  name: "memory queue",
  summary: "Show what waits to be sent to the configured service",
  examples: [{ command: "claude-ops memory queue", summary: "What waits, since when, and why" }],
  async run(_, io) {
    const [{ memoryHere }, { countWaiting, waiting }, { renderQueue }, { receiverOf }] = await Promise.all([
      import("./here.ts"),
      import("../../memory/outbox.ts"),
      import("./queue_text.ts"),
      import("../../memory/receiver.ts"),
    ]);
    const { database, config } = await memoryHere(process.env.HOME);
    const messages = waiting(database);
    const receiver = receiverOf(config)?.name ?? null;
    return {
      data: {
        receiver,
        waiting: countWaiting(database),
        messages: messages.map(({ message, ...rest }) => ({ ...rest, message: JSON.parse(message) })),
      },
      render: () => renderQueue(messages, receiver, io.style, io.columns),
    };
  },
});
