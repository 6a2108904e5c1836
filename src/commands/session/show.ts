import { defineCommand } from "../../cli/command.ts";

export default defineCommand({
  name: "session show",
  summary: "Show everything that is known of a session",
  args: [{ name: "SESSION", summary: "Its name or UUID" }],
  examples: [
    { command: "claude-ops session show login", summary: "What it does, where, and what it takes" },
    { command: "claude-ops session show login --json", summary: "For scripts" },
  ],
  async run({ args: [which] }, io) {
    const [{ findHere }, { describe }] = await Promise.all([
      import("./find.ts"),
      import("../../sessions/describe.ts"),
    ]);
    const { layout, record } = await findHere(which!, io);
    const description = describe(layout, record);
    const { renderDescription } = await import("./page.ts");
    return { data: description, render: () => renderDescription(description, io.style) };
  },
});
