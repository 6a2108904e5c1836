import { defineCommand } from "../cli/command.ts";

export default defineCommand({
  name: "session list",
  summary: "Show the sessions of this user, live ones first",
  options: {
    all: { type: "boolean", summary: "All ended sessions too, not just the newest ten" },
  },
  examples: [
    { command: "claude-ops session list", summary: "What is running, and what ended lately" },
    { command: "claude-ops session list --all --json", summary: "Everything, for scripts" },
  ],
  async run({ options: { all } }, io) {
    const { listSessions } = await import("../sessions/list.ts");
    const { layoutOf } = await import("../sessions/paths.ts");
    const { registered } = await import("../sessions/registered.ts");
    const { unmanaged } = await import("../sessions/unmanaged.ts");
    const layout = layoutOf(process.env);
    const listed = {
      ...listSessions(layout, all),
      registered: registered(layout).map(({ identity, project, cwd, name, registeredAt }) => ({
        pid: identity.pid,
        name: name ?? null,
        project,
        cwd,
        registeredAt,
      })),
      unmanaged: unmanaged(layout),
    };
    const { renderSessions } = await import("./session_table.ts");
    const { renderStrangers } = await import("./session_strangers.ts");
    return {
      data: listed,
      render: () => renderSessions(listed, io) + renderStrangers(listed, io),
    };
  },
});
