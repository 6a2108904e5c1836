import { defineCommand } from "../../cli/command.ts";
import { Failure } from "../../errors.ts";

export default defineCommand({
  name: "progress show",
  summary: "Show how far others are",
  args: [{ name: "TOPIC", summary: "With what; everything without it", optional: true }],
  examples: [
    { command: "claude-ops progress show", summary: "All that is under way" },
    { command: "claude-ops progress show issue:15 --json", summary: "One, for scripts" },
  ],
  async run({ args: [topic] }, io) {
    const [{ openTogether }, { allProgress, progressOf }, { renderTable }, { age }] = await Promise.all([
      import("./together.ts"),
      import("../../coordination/progress.ts"),
      import("../../cli/output.ts"),
      import("../../sessions/age.ts"),
    ]);
    const db = openTogether(io);
    const one = topic === undefined ? undefined : progressOf(db, topic);
    if (topic !== undefined && one === undefined) {
      throw new Failure(`nothing was said of ${topic}`, {
        hint: "see what there is: claude-ops progress show",
        code: "no-progress",
      });
    }
    const found = one === undefined ? allProgress(db) : [one];
    const columns = [
      { title: "TOPIC" },
      { title: "PHASE", from: 50 },
      { title: "DONE", align: "right" },
      { title: "BY" },
      { title: "AGO", align: "right" },
      { title: "MESSAGE", shrink: true },
    ] as const;
    const rows = found.map(({ topic, phase, percent, message, by, at }) => [
      topic,
      phase ?? "",
      percent === undefined ? "" : `${percent}%`,
      by,
      age(at),
      message ?? "",
    ]);
    return {
      data: one ?? { progress: found },
      render: () =>
        rows.length === 0
          ? "nothing was said of anything"
          : renderTable(columns, rows, io.columns, io.style.dim),
    };
  },
});
