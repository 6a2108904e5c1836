import { defineCommand } from "../../cli/command.ts";

export default defineCommand({
  name: "session trash",
  summary: "Show pruned sessions that can be restored, or empty the trash",
  options: {
    empty: {
      type: "boolean",
      summary: "Remove all that is in the trash now; archives of conversations stay",
    },
    "dry-run": {
      type: "boolean",
      summary: "With --empty: say what would go and how much it frees, and do nothing",
    },
  },
  examples: [
    { command: "claude-ops session trash", summary: "What can be had back" },
    { command: "claude-ops session trash --empty", summary: "Make room now" },
  ],
  async run({ options }, io) {
    const { emptyTrash, showTrash } = await import("./trash_work.ts");
    return options.empty ? emptyTrash(options["dry-run"], io) : showTrash(io);
  },
});
