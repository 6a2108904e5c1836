import { defineCommand } from "../../cli/command.ts";

export default defineCommand({
  name: "session share",
  summary: "Bring what was decided in one session back for all",
  description:
    "Sessions that start from then on have it, others when they are resumed. What is shared already and is not the " +
    "same stays, unless its key is named with --replace. The keys are those that session diff shows; what can be " +
    "shared, and what never is: docs/settings.md.",
  args: [
    { name: "SESSION", summary: "Its name or UUID" },
    {
      name: "KEY",
      summary: "Only this, such as mcp:NAME; all that can be shared when left out",
      optional: true,
      variadic: true,
    },
  ],
  options: {
    replace: { type: "boolean", summary: "The named keys take the place of what is shared under them" },
    yes: { type: "boolean", summary: "Do not ask" },
  },
  examples: [
    {
      command: "claude-ops session share login",
      summary: "All that the session login has and the others have not",
    },
    {
      command: "claude-ops session share login mcp:tracker --yes",
      summary: "One MCP server, without asking",
    },
  ],
  async run({ args: [which, ...keys], options: { replace, yes } }, io) {
    const [{ findHere }, { choose, share }, text] = await Promise.all([
      import("./find.ts"),
      import("../../sessions/share.ts"),
      import("./share_text.ts"),
    ]);
    const { layout, record } = await findHere(which!, io);
    const choice = choose(layout, record, keys, replace);
    if (choice.chosen.length > 0 && !yes) await text.confirmShare(choice, record.name, io);
    const result = share(layout, choice);
    const conflicts = [...choice.conflicts.map(({ key }) => key), ...result.conflicts];
    return {
      data: { id: record.id, name: record.name, ...result, conflicts },
      render: () => text.renderShared({ ...result, conflicts }, record.name),
    };
  },
});
