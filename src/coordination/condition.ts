/** What must be true for a change to happen. */
export interface Condition {
  /** The version that is there; 0: nothing is. */
  version?: number;
  /** The value that is there, compared as JSON. */
  value?: unknown;
}

/** Whether what is there is what a change was meant for. */
export function fits(there: { value?: unknown; version: number } | undefined, condition: Condition): boolean {
  if (condition.version !== undefined && condition.version !== (there?.version ?? 0)) return false;
  if (!("value" in condition)) return true;
  return there !== undefined && canonical(there.value) === canonical(condition.value);
}

/** JSON in which the order of keys makes no difference. */
function canonical(value: unknown): string {
  return JSON.stringify(
    value,
    (_, part) =>
      part !== null && typeof part === "object" && !Array.isArray(part)
        ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => a < b ? -1 : 1))
        : part,
  );
}
