import { defineCommand } from "../../cli/command.ts";

export default defineCommand({
  name: "session prune",
  summary: "Put ended sessions away: into the trash, their conversations archived",
  description:
    "Those that are named, or those that come to their end by the rules: the ones given here, without any those of " +
    "[cleanup] in the configuration. Live and pinned sessions stay. claude-ops session restore NAME brings one back.",
  args: [{ name: "SESSION", summary: "Names or UUIDs", optional: true, variadic: true }],
  options: {
    "older-than": { type: "string", value: "TIME", summary: "Not used for so long, e.g. 7d or 12h" },
    "never-used": {
      type: "string",
      value: "TIME",
      summary: "Nothing was said in it, and it is older than that, e.g. 1h",
    },
    keep: {
      type: "integer",
      value: "N",
      summary: "All but the N that were used last",
      min: 0,
      max: 1_000_000,
    },
    "max-disk": {
      type: "string",
      value: "SIZE",
      summary: "Oldest first until all sessions take no more, e.g. 5GiB",
    },
    "dry-run": { type: "boolean", summary: "Say what would be done and how much it frees, and do nothing" },
  },
  examples: [
    { command: "claude-ops session prune login", summary: "Put one away" },
    { command: "claude-ops session prune --older-than 7d --dry-run", summary: "See what a week would leave" },
    { command: "claude-ops session prune --keep 20", summary: "Keep the twenty that were used last" },
  ],
  async run({ args, options }, io) {
    const { pruneHere } = await import("./prune_work.ts");
    return await pruneHere(args, options, io);
  },
});
