import { defineCommand } from "../../cli/command.ts";

export default defineCommand({
  name: "schedule run",
  summary: "Keep time in the foreground, e.g. in a container",
  description: [
    "For containers: does each job when it is due, one run of a job at a time, and makes up once for what was missed",
    "while nothing ran. As root of a host with managed users, does the jobs of each of them, as that user. SIGTERM and",
    "SIGINT end it with what it started. As process 1 it also takes care of processes that lost their parents.",
  ].join("\n"),
  examples: [
    { command: "claude-ops schedule run", summary: "The whole entry point of a container" },
    { command: "claude-ops schedule run --json", summary: "The same, a JSON object a line" },
  ],
  async run(_input, io) {
    const { runSchedule } = await import("./keep.ts");
    return await runSchedule(io);
  },
});
