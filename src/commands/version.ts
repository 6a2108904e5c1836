import { defineCommand } from "../cli/command.ts";

export default defineCommand({
  name: "version",
  summary: "Show the version, commit and runtime",
  examples: [{ command: "claude-ops version --json", summary: "The same for scripts" }],
  async run() {
    const { commit, version } = await import("../version.ts");
    const { bun, deno, node } = process.versions;
    const runtime = bun ? `bun ${bun}` : deno ? `deno ${deno}` : `node ${node}`;
    const platform = `${process.platform}-${process.arch}`;
    return {
      data: { version, commit, runtime, platform },
      render: () => `claude-ops ${version} (${commit}), ${runtime}, ${platform}`,
    };
  },
});
