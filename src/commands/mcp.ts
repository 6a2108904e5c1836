import { defineCommand } from "../cli/command.ts";

export default defineCommand({
  name: "mcp",
  summary: "Serve the tools for working together to Claude, on stdio",
  description:
    "Sessions of claude-session have it already, by their plugin. Others: claude mcp add ops -- claude-ops mcp",
  examples: [{ command: "claude-ops mcp", summary: "What Claude Code starts; it ends with its stdin" }],
  async run() {
    const { runMcp } = await import("../doors/mcp/run.ts");
    return { data: {}, exit: await runMcp() };
  },
});
