/** Tools that the guard looks at; the names of 2.1.329, and MultiEdit of older versions. */
const edits = "Edit|Write|MultiEdit|NotebookEdit";

/** Which events a session tells us of; a matcher chooses by tool. Seconds a hook may take at most. */
const events: Record<string, { matcher?: string; timeout: number }> = {
  SessionStart: { timeout: 10 },
  PreToolUse: { matcher: `${edits}|Bash`, timeout: 10 },
  PostToolUse: { matcher: `${edits}|Bash`, timeout: 10 },
  PostToolUseFailure: { matcher: edits, timeout: 10 },
  // Without a time of its own it would get a second and a half.
  SessionEnd: { timeout: 10 },
};

/** `hooks/hooks.json`. In exec form, since a shell for each edit would take a fifth of the time (2.1.329). */
export function hooks([command, ...args]: readonly string[]): object {
  return {
    hooks: Object.fromEntries(
      Object.entries(events).map(([event, { matcher, timeout }]) => [event, [{
        ...(matcher !== undefined && { matcher }),
        hooks: [{ type: "command", command, args: [...args, "hook", event], timeout }],
      }]]),
    ),
  };
}
