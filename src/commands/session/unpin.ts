import { defineCommand } from "../../cli/command.ts";

export default defineCommand({
  name: "session unpin",
  summary: "Let cleanup take a session again when its time comes",
  args: [{ name: "SESSION", summary: "Its name or UUID" }],
  examples: [{ command: "claude-ops session unpin login", summary: "Its name is enough" }],
  async run({ args: [which] }, io) {
    const { pinHere } = await import("./pin_work.ts");
    return await pinHere(which!, false, io);
  },
});
