import { defineCommand } from "../../cli/command.ts";
import { connectionOptions, targets } from "../targets.ts";

export default defineCommand({
  name: "status",
  summary: "Show versions, live sessions and free room at a glance",
  args: [targets],
  options: {
    ...connectionOptions,
  },
  examples: [
    { command: "claude-ops status", summary: "This machine" },
    { command: "claude-ops status root@one root@two", summary: "A line for each host" },
  ],
  async run({ args, options }, io) {
    const { statusHere, statusOfHosts } = await import("./work.ts");
    return args.length > 0 ? await statusOfHosts(args, options, io) : await statusHere(io);
  },
});
