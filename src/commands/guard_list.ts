import { defineCommand } from "../cli/command.ts";

export default defineCommand({
  name: "guard list",
  summary: "Show which files live sessions are editing",
  description: [
    "A session holds a file from its first edit until it ends, commits it, releases it, or has been idle for too long",
    "(guard.idle). What other sessions are told about such a file, guard.policy says.",
  ].join("\n"),
  args: [{ name: "DIR", summary: "Only files below it", optional: true }],
  examples: [
    { command: "claude-ops guard list", summary: "All of this user's sessions" },
    { command: "claude-ops guard list . --json", summary: "Below the current directory, for scripts" },
  ],
  async run({ args: [directory] }, io) {
    const { heldFiles } = await import("../guard/held_files.ts");
    const { layoutOf } = await import("../sessions/paths.ts");
    const files = await heldFiles(layoutOf(process.env), process.env, directory);
    const { renderTable } = await import("../cli/output.ts");
    const { age } = await import("../sessions/age.ts");
    return {
      data: { files },
      render: () =>
        files.length === 0 ? "no live session is editing a file" : renderTable(
          [
            { title: "FILE", shrink: true },
            { title: "SESSION" },
            { title: "FOR", align: "right" },
            { title: "LAST", align: "right" },
          ],
          files.map(({ path, session, since, edited }) => [
            path,
            session.name,
            age(since),
            edited === null ? "-" : age(edited),
          ]),
          io.columns,
          io.style.dim,
        ),
    };
  },
});
