import { defineCommand } from "../cli/command.ts";

export default defineCommand({
  name: "session start",
  summary: "Start an isolated Claude Code session, or resume one",
  description:
    "Makes a config directory of its own for the session, with the skills, agents, commands, settings and " +
    "login that all your sessions share, and becomes Claude Code. Also called claude-session.",
  args: [{ name: "NAME", summary: "What to call the session; made up when left out", optional: true }],
  options: {
    project: { type: "string", value: "DIR", summary: "Work in this directory instead of the current one" },
    worktree: {
      type: "string",
      value: "BRANCH",
      summary: "Work in a git worktree of this branch, beside the repository; made when it is not there",
    },
    resume: { type: "string", value: "SESSION", summary: "Go on with a session, by its name or UUID" },
  },
  rest: { name: "CLAUDE-ARGS", summary: "Arguments for Claude Code" },
  examples: [
    { command: "claude-session", summary: "A session in the current directory" },
    { command: "claude-session login --project ~/shop", summary: "One with a name, elsewhere" },
    { command: "claude-session login --worktree login", summary: "In a worktree and branch of its own" },
    { command: "claude-session --resume login", summary: "The same conversation, later" },
    { command: "claude-session -- --model opus", summary: "With arguments for Claude Code" },
  ],
  async run({ args: [name], options: { project, worktree, resume }, rest }) {
    const { begin } = await import("../sessions/begin.ts");
    return begin({ name, project, worktree, resume, args: rest }, process.env);
  },
});
