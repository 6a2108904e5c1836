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

/** BM25 with a little more for what is new, and more for the own branch. */
const score = (bm25: string) =>
  `-${bm25} * (1 + 0.25 / (1 + max(0, ? - m.saved_at) / ${halfLife * 86_400_000}.0))
    * CASE WHEN m.branch IS ? AND m.project = ? THEN ? ELSE 1.0 END`;

/** Matches that are looked at closer, those with the best BM25. */
const window = 100;

// What it needs of a memory is in one index. The order of the joins is fixed: the planner (SQLite 3.54) might turn it round.
const facts = "CROSS JOIN memories m INDEXED BY memories_ranked ON m.id = f.id";
const matches =
  `SELECT rowid id, bm25(memory_text, ${weights}) bm25 FROM memory_text WHERE memory_text MATCH ?`;
const best = `(${matches} ORDER BY bm25 LIMIT ${window})`;

/**
 * The memories that an FTS5 expression finds, best first. Looking at the facts of each match would double the time, so only
 * the best matches are looked at, unless that leaves out too many.
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
  const own =
    database.get<{ number: number }>("SELECT number FROM memory_projects WHERE path = ?", project)?.number ??
      -1;
  const select = (from: string, more: string, ...last: SQLInputValue[]) =>
    database.all<Ranked & { own: number }>(
      `SELECT m.id, ${score("f.bm25")} score, m.branch IS ? AND m.project = ? own FROM ${from} f ${facts}
        WHERE ${sql}${more} ORDER BY score DESC, m.id DESC LIMIT ?`,
      ...[Date.now(), branch, own, preference, branch, own, expression],
      ...values,
      ...last,
    );
  const found = select(best, "", limit);
  const ownThere = branch === null || found.some(({ own }) => own === 1);
  if ((found.length === limit && ownThere) || countUpTo(database, expression, window) < window) return found;
  if (found.length < limit) return select(`(${matches})`, "", limit);
  const mine = select(`(${matches})`, " AND m.branch = ? AND m.project = ?", branch, own, limit);
  return [...mine, ...found].sort((a, b) => b.score - a.score || b.id - a.id).slice(0, limit);
}

function countUpTo(database: Database, expression: string, most: number): number {
  return database.get<{ count: number }>(
    "SELECT count(*) count FROM (SELECT rowid FROM memory_text WHERE memory_text MATCH ? LIMIT ?)",
    expression,
    most,
  )!.count;
}
