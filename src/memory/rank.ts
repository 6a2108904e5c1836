import type { SQLInputValue } from "node:sqlite";
import type { Database } from "../store/database.ts";
import type { Condition } from "./rows.ts";

/** Whose view decides what comes first. */
export interface View {
  project: string;
  branch: string | null;
}

/** A memory and how well it fits; more is better. */
export interface Ranked {
  id: number;
  score: number;
}

/** What a match weighs: in the text, in another spelling of it, in a tag. */
const weights = "1.0, 0.5, 1.5";
/** Days after which half of the bonus for what is new is gone. */
const halfLife = 30;

/** BM25, a little more for what is new, more for the own branch; in SQL for every match, from an index that has it all. */
const score = `-bm25(memory_text, ${weights})
  * (1 + 0.25 / (1 + max(0, ? - m.saved_at) / ${halfLife * 86_400_000}.0))
  * CASE WHEN m.branch IS ? AND m.project = ? THEN ? ELSE 1.0 END`;

/**
 * The memories that an FTS5 expression finds, best first.
 * @param preference how many times as much one of the own branch counts
 */
export function rank(
  database: Database,
  expression: string,
  { branch, project }: View,
  { sql, values }: Condition,
  preference: number,
  limit: number,
): Ranked[] {
  const own = database.get<{ number: number }>("SELECT number FROM memory_projects WHERE path = ?", project);
  const given: SQLInputValue[] = [
    Date.now(),
    branch,
    own?.number ?? -1,
    preference,
    expression,
    ...values,
    limit,
  ];
  // The order of the join is fixed: the planner (SQLite 3.54) might begin with the facts.
  return database.all<Ranked>(
    `SELECT m.id, ${score} score FROM memory_text
      CROSS JOIN memories m INDEXED BY memories_ranked ON m.id = memory_text.rowid
      WHERE memory_text MATCH ? AND ${sql} ORDER BY score DESC, m.id DESC LIMIT ?`,
    ...given,
  );
}
