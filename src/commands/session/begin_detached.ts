import { defineCommand } from "../../cli/command.ts";
import { Exit } from "../../errors.ts";

export default defineCommand({
  name: "session begin-detached",
  summary: "Begin a session that somebody has started with --detach",
  hidden: true,
  args: [{ name: "ADDRESS", summary: "Where the one who waits for it is to be asked" }],
  examples: [{ command: "claude-ops session begin-detached /tmp/claude-ops-x/s", summary: "What tmux runs" }],
  async run({ args: [address] }) {
    const { beginDetached } = await import("../../sessions/detach.ts");
    await beginDetached(address!, process.env);
    return { data: {}, exit: Exit.failed };
  },
});
