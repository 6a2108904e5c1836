import { defineCommand } from "../../cli/command.ts";

export default defineCommand({
  name: "lock list",
  summary: "Show what is locked, and by whom",
  examples: [{ command: "claude-ops lock list", summary: "Who is in the way" }],
  async run(_, io) {
    const [{ openTogether }, { locks }, { grantData }, { renderGrants }] = await Promise.all([
      import("./together.ts"),
      import("../../coordination/locks.ts"),
      import("../../coordination/refusals.ts"),
      import("./grant_table.ts"),
    ]);
    const found = locks(openTogether(io));
    return {
      data: { locks: found.map(grantData) },
      render: () => renderGrants(found, io, "nothing is locked"),
    };
  },
});
