/** What a hook answers on stdout (2.1.329); nothing at all lets things take their course. */
export interface HookOutput {
  /** Shown to the person. */
  systemMessage?: string;
  hookSpecificOutput?: {
    hookEventName: string;
    permissionDecision?: "ask" | "deny";
    /** Goes to the model where it is denied, and into the dialog where it is asked about. */
    permissionDecisionReason?: string;
    /** Goes to the model. */
    additionalContext?: string;
  };
}

/** Tells the model, and the person too where they should know. */
export function told(event: string, lines: readonly string[], person?: string): HookOutput | undefined {
  if (lines.length === 0) return undefined;
  return {
    ...(person !== undefined && { systemMessage: person }),
    hookSpecificOutput: { hookEventName: event, additionalContext: lines.join("\n") },
  };
}
