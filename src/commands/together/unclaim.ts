import { defineCommand } from "../../cli/command.ts";
import { force, pid } from "./options.ts";

export default defineCommand({
  name: "unclaim",
  summary: "Give a claim back",
  args: [{ name: "NAME", summary: "What was claimed" }],
  options: { force, pid },
  examples: [{ command: "claude-ops unclaim issue:15", summary: "For others to claim" }],
  async run({ args: [name], options: { force, pid } }, io) {
    const [{ actor, openTogether }, { unclaim }, { notYours }] = await Promise.all([
      import("./together.ts"),
      import("../../coordination/claims.ts"),
      import("../../coordination/refusals.ts"),
    ]);
    const result = unclaim(openTogether(io), name!, { owner: actor(pid), force });
    if (!result.returned) throw notYours("claim", name!, result.holder);
    return { data: { unclaimed: name }, render: () => `gave ${name} back` };
  },
});
