import { defineCommand } from "../../cli/command.ts";

export default defineCommand({
  name: "state set",
  summary: "Share a value, if wanted only in place of a certain one",
  description: [
    "With --if-version or --if-value it is set only when that is still there; otherwise nothing changes and the exit status is",
    "75. So what was read can be changed and written back without losing what somebody else wrote meanwhile.",
  ].join("\n"),
  args: [
    { name: "SCOPE", summary: "e.g. project:shop" },
    { name: "KEY", summary: "Which of its values" },
    { name: "JSON", summary: "Any JSON value; - reads it from stdin" },
  ],
  options: {
    "if-version": {
      type: "integer",
      value: "NUMBER",
      summary: "Only in place of that version; 0: only when there is none",
    },
    "if-value": { type: "string", value: "JSON", summary: "Only in place of that value" },
    pid: { type: "integer", value: "PID", min: 1, max: 4194304, summary: "Who is said to have set it" },
  },
  examples: [
    { command: `claude-ops state set project:shop plan '["one", "two"]'`, summary: "For all to read" },
    {
      command: `claude-ops state set issue:15 status '"done"' --if-value '"open"'`,
      summary: "Compare and set",
    },
  ],
  async run({ args: [scope, key, text], options }, io) {
    const [{ actor, jsonValue, openTogether }, { setState }, { overtaken }] = await Promise.all([
      import("./together.ts"),
      import("../../coordination/state.ts"),
      import("../overtaken.ts"),
    ]);
    const { "if-version": version, "if-value": expected } = options;
    const value = await jsonValue("the value", text!);
    const condition = {
      ...(version === undefined ? {} : { version }),
      ...(expected === undefined ? {} : { value: await jsonValue("--if-value", expected) }),
    };
    const who = actor(options.pid).name;
    const result = setState(openTogether(io), { scope: scope!, key: key!, value }, who, condition);
    if (!result.changed) throw overtaken(scope!, key!, result.current);
    return { data: { scope, key, version: result.version } };
  },
});
