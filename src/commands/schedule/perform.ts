import { defineCommand } from "../../cli/command.ts";

export default defineCommand({
  name: "schedule perform",
  hidden: true,
  summary: "Do a scheduled job now, and write down how it went",
  description: [
    "What the timers, cron and `schedule run` do. Exit status 75 where the job runs already. `claude-ops schedule` and",
    "`claude-ops doctor` tell of the last run of each job.",
  ].join("\n"),
  args: [{ name: "JOB", summary: "Which one", choices: ["cleanup", "update"] }],
  options: {
    by: { type: "string", value: "KEEPER", hidden: true, summary: "Who keeps time", default: "hand" },
  },
  examples: [{ command: "claude-ops schedule perform update", summary: "Once more, after a failure" }],
  async run({ args: [name], options: { by } }) {
    const { performHere } = await import("./work.ts");
    return await performHere(name!, by);
  },
});
