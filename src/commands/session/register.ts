import { defineCommand } from "../../cli/command.ts";
import { printable } from "../../cli/text.ts";

export default defineCommand({
  name: "session register",
  summary: "Say that something claude-ops did not start works on a project",
  description:
    "It then counts in session list and in conflicts for as long as its process lives. Without --pid that is the " +
    "Claude Code that the command was called from, or else the calling shell.",
  args: [
    { name: "PROJECT", summary: "What the project is called" },
    { name: "CWD", summary: "The directory that it works in" },
  ],
  options: {
    pid: { type: "integer", value: "PID", min: 1, max: 4194304, summary: "The process to register" },
    name: { type: "string", value: "NAME", summary: "What to call it in lists" },
  },
  examples: [
    { command: 'claude-ops session register shop "$PWD"', summary: "The session, or shell, that says so" },
    {
      command: "claude-ops session register shop ~/shop --pid 4242 --name editor",
      summary: "Another process",
    },
  ],
  async run({ args: [project, cwd], options: { pid, name } }) {
    const { caller, register } = await import("../../sessions/registered.ts");
    const { layoutOf } = await import("../../sessions/paths.ts");
    const { versionsRoots } = await import("../../claude/executable.ts");
    const layout = layoutOf(process.env);
    const who = pid ?? caller(versionsRoots(layout.home, process.env));
    const record = register(layout, { project: project!, cwd: cwd!, pid: who, name });
    return {
      data: { pid: who, project: record.project, cwd: record.cwd, name: record.name ?? null },
      render: () => `registered pid ${who} for ${record.project} in ${printable(record.cwd)}`,
    };
  },
});
