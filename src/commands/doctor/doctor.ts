import { defineCommand } from "../../cli/command.ts";
import { UsageFailure } from "../../errors.ts";
import { connectionOptions, targets } from "../targets.ts";

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
    stress: {
      type: "boolean",
      summary: "Try instead, for minutes, whether the shared database keeps its promises here",
    },
    share: {
      type: "integer",
      value: "PERCENT",
      min: 1,
      max: 100,
      default: 100,
      summary: "Of it",
      hidden: true,
    },
    ...connectionOptions,
    scope: { type: "string", value: "SCOPE", summary: "Which part", choices: ["home"], hidden: true },
  },
  examples: [
    { command: "claude-ops doctor", summary: "Look at this machine" },
    { command: "claude-ops doctor root@devbox --fix", summary: "Mend a host" },
    {
      command: "claude-ops doctor --stress",
      summary: "16 processes write and are killed at random, 32 claim 100,000 names",
    },
    { command: "claude-ops doctor root@one root@two --json", summary: "For scripts and monitoring" },
  ],
  async run({ args, options }, io) {
    if (options.stress && args.length > 0) {
      throw new UsageFailure(
        "--stress is for this machine",
        "run it there: ssh HOST claude-ops doctor --stress",
      );
    }
    if (options.stress) {
      const { doctorStress } = await import("./stress.ts");
      return await doctorStress(options, io);
    }
    if (args.length > 0) {
      const { doctorHosts } = await import("./hosts.ts");
      return await doctorHosts(args, options, io);
    }
    const { doctorHere } = await import("./here.ts");
    return await doctorHere(options, io);
  },
});
