import { defineCommand } from "../../cli/command.ts";
import { Exit } from "../../errors.ts";

export default defineCommand({
  name: "session check",
  summary: "Say who else works on a project, and whether that is a problem",
  description: [
    "safe: others work on other projects. aware: on the same project, in another worktree or branch. risky: in the same",
    "worktree. dangerous: files of this worktree are being edited right now. Exit status 0 for the first two, 3 for the",
    "others. The session that asks is left out.",
  ].join("\n"),
  args: [{
    name: "DIR",
    summary: "A directory, or the name of a project; else the current one",
    optional: true,
  }],
  options: {},
  examples: [
    { command: "claude-ops session check", summary: "Before work begins here" },
    { command: "claude-ops session check shop --json", summary: "A project by its name, for scripts" },
  ],
  async run({ args: [target = "."] }, io) {
    const { check } = await import("../../sessions/check.ts");
    const { layoutOf } = await import("../../sessions/paths.ts");
    const found = check(layoutOf(process.env), target);
    const { checkData, renderCheck } = await import("./check_text.ts");
    const serious = found.level === "risky" || found.level === "dangerous";
    return {
      data: checkData(found),
      render: () => renderCheck(found, io),
      exit: serious ? Exit.findings : Exit.ok,
    };
  },
});
