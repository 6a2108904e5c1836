import { defineCommand } from "../../cli/command.ts";
import { UsageFailure } from "../../errors.ts";

export default defineCommand({
  name: "progress set",
  summary: "Say how far you are with something",
  args: [
    { name: "TOPIC", summary: "What it is about, e.g. issue:15" },
    { name: "MESSAGE", summary: "In words", optional: true },
  ],
  options: {
    phase: { type: "string", value: "TEXT", summary: "e.g. analysis, tests" },
    percent: { type: "integer", value: "NUMBER", max: 100, summary: "How much of it is done" },
  },
  examples: [
    {
      command: 'claude-ops progress set issue:15 "writing tests" --phase testing --percent 75',
      summary: "For all to see",
    },
  ],
  async run({ args: [topic, message], options: { phase, percent } }, io) {
    if (message === undefined && phase === undefined && percent === undefined) {
      throw new UsageFailure("progress set: nothing was said", "give a MESSAGE, --phase or --percent");
    }
    const [{ actor, openTogether }, { setProgress }] = await Promise.all([
      import("./together.ts"),
      import("../../coordination/progress.ts"),
    ]);
    return { data: setProgress(openTogether(io), topic!, { phase, percent, message }, actor().name) };
  },
});
