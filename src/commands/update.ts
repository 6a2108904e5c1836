import { defineCommand } from "../cli/command.ts";

export default defineCommand({
  name: "update",
  summary: "Bring Claude Code up to date, only while nothing is live",
  description: [
    "Fetches the newest release of the configured channel into its own directory, and switches to it when no Claude Code",
    "runs on this machine. Otherwise it waits staged: exit status 75, and the next update switches.",
    "What happened is told in ~/.claude/update.log, a line an event.",
  ].join("\n"),
  options: {
    check: {
      type: "boolean",
      summary: "Only say whether there is a newer release (exit status 3 if there is)",
    },
    quiet: { type: "boolean", summary: "Write to update.log only" },
    system: { type: "boolean", summary: "Update the whole machine's Claude Code, as root" },
  },
  examples: [
    { command: "claude-ops update --check", summary: "Is there something newer?" },
    { command: "claude-ops update", summary: "Switch to it, if nobody is working" },
  ],
  async run({ options }, io) {
    const { updateHere } = await import("./update_here.ts");
    return await updateHere(options, io);
  },
});
