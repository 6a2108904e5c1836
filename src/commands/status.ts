import { defineCommand } from "../cli/command.ts";

export default defineCommand({
  name: "status",
  summary: "Show versions, live sessions and free room at a glance",
  args: [{
    name: "TARGET",
    summary: "[USER@]HOST[:PORT]; this machine when left out",
    optional: true,
    variadic: true,
  }],
  options: {
    "accept-new": { type: "boolean", summary: "Accept the key of a host that is not known yet" },
    "ssh-config": { type: "string", value: "FILE", summary: "Use this file instead of ~/.ssh/config" },
  },
  examples: [
    { command: "claude-ops status", summary: "This machine" },
    { command: "claude-ops status root@one root@two", summary: "A line for each host" },
  ],
  async run({ args, options }, io) {
    const { statusHere, statusOfHosts } = await import("./status_work.ts");
    return args.length > 0 ? await statusOfHosts(args, options, io) : await statusHere(io);
  },
});
