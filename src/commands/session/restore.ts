import { defineCommand } from "../../cli/command.ts";

export default defineCommand({
  name: "session restore",
  summary: "Bring a pruned session back, so that it can be resumed",
  description:
    "From the trash it comes back whole; once that was emptied, with what was said in it, from its archive. " +
    "claude-session --resume NAME does this by itself.",
  args: [{ name: "SESSION", summary: "The name or UUID that it had" }],
  examples: [{ command: "claude-ops session restore login", summary: "Bring it back" }],
  async run({ args: [which] }, io) {
    const [{ restore }, { layoutOf }, { quoted }] = await Promise.all([
      import("../../cleanup/restore.ts"),
      import("../../sessions/paths.ts"),
      import("../../sessions/name.ts"),
    ]);
    const layout = layoutOf(process.env);
    const { id, name, from, record } = restore(layout, which!);
    const directory = `${layout.sessions}/${id}`;
    return {
      data: { id, name, from, directory, cwd: record.cwd },
      render: () =>
        [
          `session ${io.style.bold(name)} is back from the ${from}${
            from === "archive" ? ": what was said in it" : ""
          }`,
          `go on: claude-session --resume ${quoted(which!)}`,
        ].join("\n"),
    };
  },
});
