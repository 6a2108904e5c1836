import { defineCommand } from "../../cli/command.ts";

export default defineCommand({
  name: "session pin",
  summary: "Keep a session from cleanup, however old it gets",
  args: [{ name: "SESSION", summary: "Its name or UUID" }],
  examples: [{ command: "claude-ops session pin login", summary: "Its name is enough" }],
  async run({ args: [which] }, io) {
    const { pinHere } = await import("./pin_work.ts");
    return await pinHere(which!, true, io);
  },
});
