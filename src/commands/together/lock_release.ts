import { defineCommand } from "../../cli/command.ts";
import { force, pid } from "./options.ts";

export default defineCommand({
  name: "lock release",
  summary: "Give a lock back",
  args: [{ name: "NAME", summary: "The lock" }],
  options: {
    number: {
      type: "integer",
      value: "NUMBER",
      min: 1,
      summary: "The one of its grant, from wherever it was taken; nothing happens to a later grant",
    },
    force,
    pid,
  },
  examples: [
    { command: "claude-ops lock release end", summary: "Let the next one end its work" },
    { command: "claude-ops lock release nightly --number 12", summary: "From another process" },
  ],
  async run({ args: [name], options: { number, force, pid } }, io) {
    const [{ actor, openTogether }, { release }, { notYours }] = await Promise.all([
      import("./together.ts"),
      import("../../coordination/locks.ts"),
      import("../../coordination/refusals.ts"),
    ]);
    const right = { force, ...(number === undefined ? { owner: actor(pid) } : { number }) };
    const result = release(openTogether(io), name!, right);
    if (!result.returned) throw notYours("lock", name!, result.holder);
    return { data: { released: name }, render: () => `released ${name}` };
  },
});
