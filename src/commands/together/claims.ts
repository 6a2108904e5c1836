import { defineCommand } from "../../cli/command.ts";

export default defineCommand({
  name: "claims",
  summary: "Show what is claimed, and by whom",
  args: [{ name: "PATTERN", summary: 'Only names like it, e.g. "issue:*"', optional: true }],
  examples: [
    { command: "claude-ops claims", summary: "All of them" },
    { command: 'claude-ops claims "issue:*" --json', summary: "Some, for scripts" },
  ],
  async run({ args: [pattern] }, io) {
    const [{ openTogether }, { claims }, { grantData }, { renderGrants }] = await Promise.all([
      import("./together.ts"),
      import("../../coordination/claims.ts"),
      import("../../coordination/refusals.ts"),
      import("./grant_table.ts"),
    ]);
    const found = claims(openTogether(io), pattern);
    return {
      data: { claims: found.map(grantData) },
      render: () => renderGrants(found, io, "nothing is claimed"),
    };
  },
});
