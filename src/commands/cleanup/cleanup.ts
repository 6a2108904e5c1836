import { defineCommand } from "../../cli/command.ts";
import { connectionOptions, targets } from "../targets.ts";

export default defineCommand({
  name: "cleanup",
  summary: "Put away ended sessions, old trash and leftover files",
  description: [
    "Ended sessions go by the rules in [cleanup] of the configuration: those in which nothing was said after an hour, " +
    "others 30 days after they were last used, or when there are too many or they take too much disk. Their " +
    "conversations are archived, and they stay in the trash for 14 days: claude-ops session restore NAME.",
    "",
    "Live sessions, pinned ones (claude-ops session pin NAME) and what claude-ops did not make are never touched. " +
    "Works as the user whose sessions they are; root does it for all managed users, each as that user.",
  ].join("\n"),
  args: [targets],
  options: {
    "dry-run": { type: "boolean", summary: "Say what would be done and how much it frees, and do nothing" },
    ...connectionOptions,
  },
  examples: [
    { command: "claude-ops cleanup --dry-run", summary: "Look first" },
    { command: "claude-ops cleanup root@devbox root@buildbox", summary: "On hosts, for all their users" },
  ],
  async run({ args, options }, io) {
    const { cleanupHere, cleanupThere } = await import("./work.ts");
    return args.length > 0 ? await cleanupThere(args, options, io) : await cleanupHere(options, io);
  },
});
