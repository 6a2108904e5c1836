import { defineCommand } from "../cli/command.ts";

export default defineCommand({
  name: "plugin export",
  summary: "Write the plugin as a local marketplace",
  description: [
    "For Claude Code that claude-session does not start: it gets the same hooks, tools and commands once the plugin is",
    "installed from there. Sessions of claude-session have it already. What is in the directory of an older export is",
    "replaced; a directory that holds something else is left alone.",
  ].join("\n"),
  args: [{ name: "DIR", summary: "Where to; made when it is not there" }],
  examples: [
    {
      command: "claude-ops plugin export ~/claude-ops-plugin",
      summary: "Then add and install it, as it says",
    },
  ],
  async run({ args: [directory] }) {
    const { exportPlugin } = await import("../sessions/export_plugin.ts");
    const { resolve } = await import("node:path");
    const path = resolve(directory!);
    const files = exportPlugin(path);
    const { quoted } = await import("../sessions/name.ts");
    return {
      data: { directory: path, marketplace: "claude-ops", plugin: "ops@claude-ops", files },
      render: () =>
        [
          `wrote ${files.length} files to ${path}; now:`,
          `  claude plugin marketplace add ${quoted(path)}`,
          "  claude plugin install ops@claude-ops",
        ].join("\n"),
    };
  },
});
