import { defineCommand } from "../../cli/command.ts";
import { connectionOptions, targets } from "../targets.ts";

export default defineCommand({
  name: "uninstall",
  summary: "Take away what install made",
  description: [
    "Session data, the login and what users wrote themselves stay, unless --purge is given: that deletes all session data,",
    "and accounts that install created together with their home directories.",
  ].join("\n"),
  args: [targets],
  options: {
    user: { type: "string", value: "NAME", summary: "Only this managed user (default: all of them)" },
    purge: { type: "boolean", summary: "Delete session data too, and accounts that install created" },
    force: { type: "boolean", summary: "Even while sessions are live" },
    yes: { type: "boolean", short: "y", summary: "Do not ask before a purge" },
    ...connectionOptions,
    scope: { type: "string", value: "SCOPE", summary: "Which part", choices: ["home"], hidden: true },
  },
  examples: [
    { command: "claude-ops uninstall root@devbox", summary: "Session data stays on the host" },
    { command: "claude-ops uninstall root@devbox --purge", summary: "Nothing stays" },
    { command: "claude-ops uninstall", summary: "Your own installation on this machine" },
  ],
  async run({ args, options }, io) {
    if (args.length > 0) {
      const { uninstallHosts } = await import("./hosts.ts");
      return await uninstallHosts(args, options, io);
    }
    const { uninstallHere } = await import("./here.ts");
    return await uninstallHere(options, io);
  },
});
