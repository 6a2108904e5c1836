import { defineCommand } from "../../cli/command.ts";

export default defineCommand({
  name: "lock cleanup",
  summary: "Forget locks of owners that have ended",
  description:
    "They hold nobody up: who wants such a lock gets it at once. This only makes the list of the past shorter.",
  examples: [{ command: "claude-ops lock cleanup", summary: "Tidy up" }],
  async run(_, io) {
    const [{ openTogether }, { cleanLocks }, { grantData }] = await Promise.all([
      import("./together.ts"),
      import("../../coordination/locks.ts"),
      import("../../coordination/refusals.ts"),
    ]);
    const gone = cleanLocks(openTogether(io));
    return {
      data: { removed: gone.map(grantData) },
      render: () =>
        gone.length === 0
          ? "nothing to clean up"
          : gone.map(({ name, owner }) => `removed ${name} of ${owner.name}, which has ended`).join("\n"),
    };
  },
});
