import { defineCommand } from "../../cli/command.ts";

export default defineCommand({
  name: "session diff",
  summary: "Show what a session has decided that the others do not have",
  description:
    "MCP servers, preferences, trust and imports of a session that the shared files have not, and the other way round. " +
    "Of an MCP server, arguments and the values of variables and headers are never shown. Without a session: all " +
    "that live, and the newest ten that ended. What comes back, and what never does: docs/settings.md.",
  args: [{ name: "SESSION", summary: "Its name or UUID", optional: true }],
  options: {
    all: { type: "boolean", summary: "All ended sessions too, not just the newest ten" },
  },
  examples: [
    { command: "claude-ops session diff", summary: "Which sessions have something to share" },
    { command: "claude-ops session diff login --json", summary: "One session, for scripts" },
  ],
  async run({ args: [which], options: { all } }, io) {
    const [{ layoutOf }, { findHere }, { compare }, { overview }, text] = await Promise.all([
      import("../../sessions/paths.ts"),
      import("./find.ts"),
      import("../../sessions/compare.ts"),
      import("../../sessions/overview.ts"),
      import("./diff_text.ts"),
    ]);
    if (which === undefined) {
      const found = overview(layoutOf(process.env), all);
      return { data: found, render: () => text.renderOverview(found, io.style) };
    }
    const { layout, record } = await findHere(which, io);
    const comparison = compare(layout, record);
    return { data: comparison, render: () => text.renderComparison(comparison, io.style) };
  },
});
