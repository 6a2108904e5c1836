import type { Io } from "../../cli/io.ts";
import { printable } from "../../cli/text.ts";
import { meaning, wayOut } from "../../sessions/conflict_text.ts";
import type { Conflicts, Level } from "../../sessions/conflicts.ts";

/** What `session check --json` prints. */
export function checkData(conflicts: Conflicts): object {
  const { level, directory, place, branch, changes } = conflicts;
  return {
    level,
    directory,
    project: place.project,
    worktree: place.worktree,
    branch: branch ?? null,
    advice: level === "safe" || level === "aware" ? null : wayOut(conflicts) ?? null,
    changes,
    others: conflicts.with.map(({ level, other, edits }) => ({
      level,
      kind: other.kind,
      id: other.id ?? null,
      name: other.name,
      pid: other.elsewhere ? null : other.pid,
      elsewhere: other.elsewhere,
      project: other.place.project,
      worktree: other.place.worktree,
      branch: other.branch ?? null,
      cwd: other.cwd,
      since: other.since ?? null,
      edits,
    })),
  };
}

/** The same for people: the verdict, then who is behind it, then what to do. */
export function renderCheck(conflicts: Conflicts, { style }: Pick<Io, "style">): string {
  const paints: Record<Level, (text: string) => string> = {
    safe: style.green,
    aware: style.cyan,
    risky: style.yellow,
    dangerous: style.red,
  };
  const { level, directory, with: all } = conflicts;
  const met = all.filter(({ level }) => level !== "safe");
  const far = all.length - met.length;
  const elsewhere = far === 0 ? "" : ` (${far} on other projects)`;
  const out = level === "risky" || level === "dangerous" ? wayOut(conflicts) : undefined;
  return [
    `${paints[level](level)}  ${printable(directory)}: ${
      met.length === 0 ? "nobody else" : `${met.length} besides`
    }${elsewhere}`,
    ...met.map((conflict) =>
      `  ${paints[conflict.level](conflict.level)}: ${printable(meaning(conflict, conflicts))}`
    ),
    ...(out === undefined ? [] : [`  take a worktree of your own: ${printable(out)}`]),
  ].join("\n");
}
