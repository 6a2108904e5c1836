import { defineCommand } from "../../cli/command.ts";

export default defineCommand({
  name: "session stop",
  summary: "End a session; its conversation stays and can be resumed",
  description:
    "Asks Claude Code to end (SIGTERM), with all that it runs in the background for this session, and " +
    "waits until it has. A session that is not running is fine as it is.",
  args: [{ name: "SESSION", summary: "Its name or UUID" }],
  options: {
    force: { type: "boolean", summary: "Kill it when it has not ended after 10 seconds" },
  },
  examples: [
    { command: "claude-ops session stop login", summary: "End it and wait" },
    { command: "claude-ops session stop login --force", summary: "Even if it hangs" },
  ],
  async run({ args: [which], options: { force } }, io) {
    const [{ stopSession }, { findHere }] = await Promise.all([
      import("../../sessions/stop.ts"),
      import("./find.ts"),
    ]);
    const { layout, record } = await findHere(which!, io);
    const { how, pids } = await stopSession(layout, record, { force });
    const words = {
      "not running": "was not running",
      ended: "has ended",
      killed: "did not end and was killed",
    };
    return {
      data: { id: record.id, name: record.name, how, pids },
      render: () => `session ${record.name} ${words[how]}`,
    };
  },
});
