import { defineCommand } from "../../cli/command.ts";
import { connectionOptions, targets } from "../targets.ts";

export default defineCommand({
  name: "schedule",
  summary: "Show last and next runs of cleanup and update",
  description: [
    "Timers of systemd do these jobs, cron where there is no systemd, `claude-ops schedule run` where there is neither.",
    "Root sees those of all managed users. With a TARGET, those of that host.",
    "",
    "`claude-ops schedule perform JOB` does one at once, and writes down how it went as they do.",
  ].join("\n"),
  args: [targets],
  options: { ...connectionOptions },
  examples: [
    { command: "claude-ops schedule", summary: "This machine" },
    { command: "claude-ops schedule root@one root@two", summary: "Two hosts" },
  ],
  async run({ args, options }, io) {
    const { scheduleHere, scheduleOfHosts } = await import("./work.ts");
    return args.length > 0 ? await scheduleOfHosts(args, options, io) : await scheduleHere(io);
  },
});
