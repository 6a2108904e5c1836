import { defineCommand } from "../../cli/command.ts";
import { Failure } from "../../errors.ts";

export default defineCommand({
  name: "state delete",
  summary: "Delete a shared value, or all of a scope",
  args: [
    { name: "SCOPE", summary: "e.g. issue:15" },
    { name: "KEY", summary: "Which of its values; all without it", optional: true },
  ],
  options: {
    "if-version": { type: "integer", value: "NUMBER", summary: "Only when it is still that version" },
  },
  examples: [
    { command: "claude-ops state delete issue:15 status", summary: "One value" },
    { command: "claude-ops state delete issue:15", summary: "All of a scope" },
  ],
  async run({ args: [scope, key], options }, io) {
    const [{ actor, openTogether }, { deleteScope, deleteState }, { overtaken }] = await Promise.all([
      import("./together.ts"),
      import("../../coordination/state.ts"),
      import("../overtaken.ts"),
    ]);
    const db = openTogether(io);
    const who = actor().name;
    if (key === undefined) {
      const deleted = deleteScope(db, scope!, who);
      return { data: { scope, deleted }, render: () => `deleted ${deleted} of ${scope}` };
    }
    const version = options["if-version"];
    const result = deleteState(db, { scope: scope!, key }, who, version === undefined ? {} : { version });
    if (result.changed) {
      return {
        data: { scope, key, deleted: 1 },
        render: () => `deleted ${key} of ${scope}`,
      };
    }
    if (result.current !== undefined) throw overtaken(scope!, key, result.current);
    throw new Failure(`there is no value ${key} in ${scope}`, {
      hint: `see what there is: claude-ops state list ${scope}`,
      code: "no-value",
    });
  },
});
