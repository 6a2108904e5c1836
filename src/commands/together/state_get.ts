import { defineCommand } from "../../cli/command.ts";
import { Failure } from "../../errors.ts";

export default defineCommand({
  name: "state get",
  summary: "Print a shared value as JSON",
  args: [{ name: "SCOPE", summary: "e.g. project:shop" }, { name: "KEY", summary: "Which of its values" }],
  options: { entry: { type: "boolean", summary: "With its version, who set it and when" } },
  examples: [
    {
      command: "claude-ops state get project:shop plan",
      summary: "The value; exit status 1 where there is none",
    },
    {
      command: "claude-ops state get project:shop plan --entry",
      summary: "Also its version, to set it later",
    },
  ],
  async run({ args: [scope, key], options: { entry } }, io) {
    const [{ openTogether }, { getState }] = await Promise.all([
      import("./together.ts"),
      import("../../coordination/state.ts"),
    ]);
    const found = getState(openTogether(io), scope!, key!);
    if (found === undefined) {
      throw new Failure(`there is no value ${key} in ${scope}`, {
        hint: `see what there is: claude-ops state list ${scope}`,
        code: "no-value",
      });
    }
    const data = entry ? found : found.value;
    return { data, render: () => JSON.stringify(data) };
  },
});
