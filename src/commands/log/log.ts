import { defineCommand } from "../../cli/command.ts";
import { connectionOptions, targets } from "../targets.ts";

export default defineCommand({
  name: "log",
  summary: "Tell what happened to Claude Code's versions, and why",
  description: [
    "Reads ~/.claude/update.log and its older, compressed parts: what was checked, fetched, switched to, put off or",
    "failed, with the reason. Root sees the logs of all managed users. With a TARGET, those of that host.",
  ].join("\n"),
  args: [targets],
  options: {
    follow: { type: "boolean", short: "f", summary: "Go on with what happens from now on, until Ctrl-C" },
    since: {
      type: "string",
      value: "WHEN",
      summary: 'Only from then on: "2h" or "7d" ago, "2026-05-01" or "2026-05-01 12:30"',
    },
    "until-eof": { type: "boolean", hidden: true, summary: "Follow until stdin ends" },
    ...connectionOptions,
  },
  examples: [
    { command: "claude-ops log --since 7d", summary: "The last week on this machine" },
    { command: "claude-ops log -f root@one root@two", summary: "Watch two hosts" },
    { command: "claude-ops log --json", summary: "Everything, for scripts" },
  ],
  async run({ args, options }, io) {
    const { showLog } = await import("./show.ts");
    return await showLog(args, options, io);
  },
});
