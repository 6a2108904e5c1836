import { defineCommand } from "../../cli/command.ts";

export default defineCommand({
  name: "health",
  summary: "Show who is here and what each has; free what the dead had",
  description: [
    "Who lives is what the kernel says: nobody has to send a sign of life. What somebody had who has ended is free at once,",
    "also without this command, which tells of it.",
  ].join("\n"),
  examples: [{ command: "claude-ops health", summary: "Sessions, their claims, locks and tasks" }],
  async run(_, io) {
    const [{ openTogether }, { health }, { layoutOf }, { healthData, renderHealth }] = await Promise.all([
      import("./together.ts"),
      import("../../coordination/health.ts"),
      import("../../sessions/paths.ts"),
      import("./health_text.ts"),
    ]);
    const found = await health(openTogether(io), layoutOf(process.env), process.env);
    return { data: healthData(found), render: () => renderHealth(found, io) };
  },
});
