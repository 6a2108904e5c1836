import { defineCommand } from "../../cli/command.ts";
import { connectionOptions, targets } from "../targets.ts";

export default defineCommand({
  name: "update",
  summary: "Bring Claude Code up to date, only while nothing is live",
  description: [
    "Fetches the newest release of the configured channel into its own directory, and switches to it while no Claude Code",
    "runs on this machine. Otherwise it waits: exit status 75, and the next start on an idle host or the next update",
    "switches. Sessions go on with the version that they run. ~/.claude/update.log tells what happened.",
    "",
    "On a host that root set up, everybody may update; which version, root says: --to, --stage and --rollback are root's.",
  ].join("\n"),
  args: [targets],
  options: {
    check: {
      type: "boolean",
      summary: "Only say whether there is a newer release (exit status 3 if there is)",
    },
    stage: { type: "boolean", summary: "Only fetch it; it waits to be switched to" },
    activate: { type: "boolean", summary: "Only switch to what waits" },
    rollback: { type: "boolean", summary: "Go back to the version before, at once" },
    to: { type: "string", value: "VERSION", summary: "This version, or latest or stable, older ones too" },
    "max-wait": { type: "string", value: "TIME", summary: "Wait so long for sessions to end, e.g. 90m" },
    quiet: { type: "boolean", summary: "Write to update.log only" },
    system: { type: "boolean", hidden: true, summary: "What managed users may run as root" },
    ...connectionOptions,
  },
  examples: [
    { command: "claude-ops update --check", summary: "Is there something newer?" },
    { command: "claude-ops update", summary: "Switch to it, if nobody is working" },
    { command: "claude-ops update --max-wait 8h", summary: "Switch to it as soon as nobody is" },
    { command: "claude-ops update --to 2.1.300", summary: "A certain version" },
    { command: "claude-ops update --rollback", summary: "The version before" },
    { command: "claude-ops update root@one root@two", summary: "On hosts, for all their users" },
  ],
  async run({ args, options }, io) {
    if (args.length > 0) {
      const { updateHosts } = await import("./hosts.ts");
      return await updateHosts(args, options, io);
    }
    const { updateHere } = await import("./here.ts");
    if (!options.system) return await updateHere(options, io);
    const { leavingWord } = await import("./word.ts");
    return await leavingWord(() => updateHere(options, io));
  },
});
