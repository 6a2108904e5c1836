import { defineCommand } from "../cli/command.ts";
import { connectionOptions, targets } from "./targets.ts";

export default defineCommand({
  name: "doctor",
  summary: "Find what is wrong, and mend it",
  description: [
    "Looks at everything that install set up and at what can go wrong around it, here or on each TARGET. Each finding",
    "says what was expected, what is, why it matters and the command that mends it.",
    "",
    "Exit status: 0 all is well, 3 there are findings, 1 it could not look.",
  ].join("\n"),
  args: [targets],
  options: {
    fix: { type: "boolean", summary: "Mend what can be mended safely" },
    ...connectionOptions,
    scope: { type: "string", value: "SCOPE", summary: "Which part", choices: ["home"], hidden: true },
  },
  examples: [
    { command: "claude-ops doctor", summary: "Look at this machine" },
    { command: "claude-ops doctor root@devbox --fix", summary: "Mend a host" },
    { command: "claude-ops doctor root@one root@two --json", summary: "For scripts and monitoring" },
  ],
  async run({ args, options }, io) {
    if (args.length > 0) {
      const { doctorHosts } = await import("./doctor_hosts.ts");
      return await doctorHosts(args, options, io);
    }
    const { doctorHere } = await import("./doctor_here.ts");
    return await doctorHere(options, io);
  },
});
