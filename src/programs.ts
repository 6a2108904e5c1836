/** Names under which this binary is a program of its own instead of the table of commands. */
export const programs: Record<string, (argv: readonly string[]) => Promise<number>> = {
  "claude-session": async (argv) => (await import("./claude_session.ts")).runClaudeSession(argv),
  "claude-shell": async (argv) => (await import("./claude_shell.ts")).runClaudeShell(argv),
  // `claude-ops hook EVENT`: a tool of Claude Code waits for it.
  hook: async (argv) => (await import("./doors/hook/run.ts")).runHook(argv),
  // `claude-ops mcp`: one serves each session, so it loads nothing else.
  mcp: async () => (await import("./doors/mcp/run.ts")).runMcp(),
};
