import { defineCommand } from "../../cli/command.ts";
import { Failure, UsageFailure } from "../../errors.ts";

export default defineCommand({
  name: "session unregister",
  summary: "Take back what session register said",
  description: "Not needed for a process that has ended.",
  args: [{ name: "PID", summary: "The process; else the one that register would take", optional: true }],
  options: {},
  examples: [{ command: "claude-ops session unregister 4242", summary: "It works on something else now" }],
  async run({ args: [word] }) {
    if (word !== undefined && !/^[1-9]\d{0,6}$/.test(word)) throw new UsageFailure(`not a pid: ${word}`);
    const { caller, unregister } = await import("../../sessions/registered.ts");
    const { layoutOf } = await import("../../sessions/paths.ts");
    const { versionsRoots } = await import("../../claude/executable.ts");
    const layout = layoutOf(process.env);
    const pid = word === undefined ? caller(versionsRoots(layout.home, process.env)) : Number(word);
    const record = unregister(layout, pid);
    if (record === undefined) {
      throw new Failure(`pid ${pid} is not registered`, { hint: "see: claude-ops session list" });
    }
    return {
      data: { pid, project: record.project },
      render: () => `pid ${pid} is no longer registered for ${record.project}`,
    };
  },
});
