import { defineCommand } from "../cli/command.ts";

export default defineCommand({
  name: "cleanup",
  summary: "Move ended sessions that were never used to the trash",
  description: [
    "A session counts as never used when nothing was said in it and it ended more than an hour ago. It moves to",
    "~/.claude/ops/trash and can be moved back. Live sessions, and what claude-ops did not make, are never touched.",
  ].join("\n"),
  options: { "dry-run": { type: "boolean", summary: "Say what would move, and move nothing" } },
  examples: [{ command: "claude-ops cleanup --dry-run", summary: "Look first" }],
  async run({ options }) {
    const { moveToTrash, neverUsed } = await import("../sessions/tidy.ts");
    const { layoutOf } = await import("../sessions/paths.ts");
    const layout = layoutOf(process.env);
    const unused = neverUsed(layout);
    const dry = options["dry-run"];
    const trash = dry || unused.length === 0 ? `${layout.ops}/trash` : moveToTrash(layout, unused);
    const names = unused.map(({ name }) => `  ${name}`);
    return {
      data: { dryRun: dry, trash, moved: unused.map(({ id, name }) => ({ id, name })) },
      render: () =>
        unused.length === 0
          ? "nothing to tidy up"
          : [`${dry ? "would move" : "moved"} ${unused.length} never used to ${trash}:`, ...names].join("\n"),
    };
  },
});
