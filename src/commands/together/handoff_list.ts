import { defineCommand } from "../../cli/command.ts";

export default defineCommand({
  name: "handoff list",
  summary: "Show what waits to be picked up",
  args: [{ name: "TOPIC", summary: "Only this one", optional: true }],
  options: { here: { type: "boolean", summary: "Only of the project of the current directory" } },
  examples: [{ command: "claude-ops handoff list --here", summary: "What others left here" }],
  async run({ args: [topic], options: { here } }, io) {
    const [{ openTogether }, { handoffs }, { placeOf }, { renderHandoff }] = await Promise.all([
      import("./together.ts"),
      import("../../coordination/handoff.ts"),
      import("../../sessions/project.ts"),
      import("./handoff_text.ts"),
    ]);
    const found = handoffs(openTogether(io), {
      ...(topic === undefined ? {} : { topic }),
      ...(here ? { project: placeOf(process.cwd()).project } : {}),
    });
    return {
      data: { handoffs: found },
      render: () => found.length === 0 ? "nothing is handed over" : found.map(renderHandoff).join("\n\n"),
    };
  },
});
