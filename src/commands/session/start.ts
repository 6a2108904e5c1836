import { defineCommand } from "../../cli/command.ts";

export default defineCommand({
  name: "session start",
  summary: "Start an isolated Claude Code session, or resume one",
  description: [
    "Makes a config directory of its own for the session, with the skills, agents, commands, settings and " +
    "login that all your sessions share, and becomes Claude Code. claude-session is its short name.",
    "",
    "--resume goes on where a session ended, from any directory: in its own config directory and, unless --project " +
    "says otherwise, where it was working. On a terminal, --resume alone offers all sessions to choose from.",
  ].join("\n"),
  args: [{ name: "NAME", summary: "What to call the session; made up when left out", optional: true }],
  options: {
    project: { type: "string", value: "DIR", summary: "Work in this directory instead of the current one" },
    worktree: {
      type: "string",
      value: "BRANCH",
      summary: "Work in a git worktree of this branch, beside the repository; made when it is not there",
    },
    resume: {
      type: "string",
      value: "SESSION",
      bare: true,
      summary: "Go on with a session, by its name or UUID",
    },
    fork: {
      type: "boolean",
      summary: "With --resume: leave that session as it is, go on with a copy of its conversation",
    },
    detach: { type: "boolean", summary: "Let it run without this terminal; session attach goes to it" },
    force: { type: "boolean", summary: "Start it even where there is no room for one more" },
  },
  rest: { name: "CLAUDE-ARGS", summary: "Arguments for Claude Code" },
  examples: [
    { command: "claude-session", summary: "A session in the current directory" },
    { command: "claude-session login --project ~/shop", summary: "One with a name, elsewhere" },
    { command: "claude-session login --worktree login", summary: "In a worktree and branch of its own" },
    { command: "claude-session --resume login", summary: "The same conversation, later" },
    { command: "claude-session --resume", summary: "Choose from all sessions" },
    { command: "claude-session try --resume login --fork", summary: "A copy of it, to try something" },
    { command: "claude-session night --detach", summary: "One that survives a dropped connection" },
    { command: "claude-session -- --model opus", summary: "With arguments for Claude Code" },
  ],
  async run({ args: [name], options, rest }, io) {
    const { beginOrAsk } = await import("./begin_or_ask.ts");
    return await beginOrAsk({ ...options, name, args: rest }, io);
  },
});
