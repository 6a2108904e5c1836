import { defineCommand } from "../../cli/command.ts";

export default defineCommand({
  name: "memory sync",
  summary: "Send what waits to the configured service now",
  description: [
    "Every change of the memory is sent on by itself, and again after a pause that grows when the service does not take it.",
    "This sends all that waits at once. Also asks the configured embedding service about what it was not asked about yet.",
  ].join("\n"),
  options: {
    due: {
      type: "boolean",
      hidden: true,
      summary: "Only what is due, and nothing while another process is at it",
    },
  },
  examples: [{ command: "claude-ops memory sync", summary: "After the service was away" }],
  async run({ options }) {
    const [{ memoryHere }, { sync }, { receiverOf }, { noService }, { Exit }] = await Promise.all([
      import("./here.ts"),
      import("../../memory/sync.ts"),
      import("../../memory/receiver.ts"),
      import("./queue_text.ts"),
      import("../../errors.ts"),
    ]);
    const { database, config } = await memoryHere(process.env.HOME);
    const result = await sync(
      database,
      config,
      process.env,
      options.due ? { patience: 60_000 } : { everything: true },
    );
    const { delivered, waiting, embedded, problems, busy } = result;
    return {
      data: result,
      render: () =>
        [
          ...busy ? ["another process is sending"] : [],
          delivered + waiting === 0 && receiverOf(config) === undefined
            ? noService
            : `${delivered} sent, ${waiting} waiting`,
          ...embedded > 0 ? [`${embedded} prepared for search by meaning`] : [],
          ...problems,
        ].join("\n"),
      exit: problems.length > 0 ? Exit.failed : busy ? Exit.busy : Exit.ok,
    };
  },
});
