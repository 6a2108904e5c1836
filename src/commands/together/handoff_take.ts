import { defineCommand } from "../../cli/command.ts";
import { Exit, Failure } from "../../errors.ts";
import { pid, wait } from "./options.ts";

export default defineCommand({
  name: "handoff take",
  summary: "Pick up work that was handed over, and claim it",
  description: "Of any number who try, one gets it. Exit status 75: nothing is handed over under that name.",
  args: [{ name: "TOPIC", summary: "What it is about" }],
  options: { wait, pid },
  examples: [{ command: "claude-ops handoff take issue:15", summary: "Go on where somebody stopped" }],
  async run({ args: [topic], options: { wait, pid } }, io) {
    const [{ actor, openTogether, patience }, { awaitHandoff }, { renderHandoff }] = await Promise.all([
      import("./together.ts"),
      import("../../coordination/handoff.ts"),
      import("./handoff_text.ts"),
    ]);
    const picked = await awaitHandoff(openTogether(io), topic!, actor(pid), patience(wait));
    if (picked === undefined) {
      throw new Failure(`nothing is handed over under ${topic}`, {
        hint: "see: claude-ops handoff list",
        exit: Exit.busy,
        code: "no-handoff",
      });
    }
    const { handoff, claimed } = picked;
    const note = claimed ? "" : `\n${topic} itself is claimed by somebody else: see claude-ops claims`;
    return { data: { ...handoff, claimed }, render: () => renderHandoff(handoff) + note };
  },
});
