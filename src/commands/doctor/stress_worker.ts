import { defineCommand } from "../../cli/command.ts";

export default defineCommand({
  name: "stress-worker",
  summary: "One of the processes of doctor --stress",
  args: [
    { name: "ROLE", summary: "What to do", choices: ["claims", "queue", "writes"] },
    { name: "DIR", summary: "Where the database is" },
    { name: "FROM", summary: "Number of the first" },
    { name: "COUNT", summary: "How many" },
  ],
  examples: [],
  hidden: true,
  async run({ args: [role, directory, from, count] }) {
    const { roles, stressWorker } = await import("../../coordination/stress/worker.ts");
    stressWorker(roles.find((known) => known === role)!, directory!, Number(from), Number(count));
    return { data: null };
  },
});
