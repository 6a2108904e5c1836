import { defineCommand } from "../../cli/command.ts";
import { connectionOptions, targets } from "../targets.ts";

export default defineCommand({
  name: "session list",
  summary: "Show sessions, live ones first",
  description: [
    "Shows the sessions of this user; root sees those of all managed users. With a TARGET, those of that host.",
    "",
    "STATE is what Claude Code says of itself, as far as the kernel bears it out: busy, idle, waiting (for you), " +
    "shell (a command of its runs on), background (only what it put there is left), live (it has not said yet), " +
    "ended, elsewhere (in another container or machine).",
  ].join("\n"),
  args: [targets],
  options: {
    all: { type: "boolean", summary: "All ended sessions too, not just the newest ten" },
    long: { type: "boolean", summary: "Also what each takes on disk" },
    watch: { type: "boolean", summary: "Keep looking: a full screen with keys to resume and stop" },
    ...connectionOptions,
  },
  examples: [
    { command: "claude-ops session list", summary: "What is running, and what ended lately" },
    { command: "claude-ops session list --watch", summary: "The same, live" },
    { command: "claude-ops session list root@devbox", summary: "Of all users of a host" },
    { command: "claude-ops session list --all --json", summary: "Everything, for scripts" },
  ],
  async run({ args, options }, io) {
    if (options.watch) {
      const { watchSessions } = await import("./watch.ts");
      return await watchSessions(args, io);
    }
    const { listHere, listThere } = await import("./list_work.ts");
    return args.length > 0 ? await listThere(args, options, io) : await listHere(options, io);
  },
});
