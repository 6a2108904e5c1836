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

/** Whether it is of the own branch. */
const own = "m.branch IS ? AND m.project = (SELECT number FROM memory_projects WHERE path = ?)";

/** BM25 with a little more for what is new, and more for the own branch. */
const score = (bm25: string) =>
  `-${bm25} * (1 + 0.25 / (1 + max(0, ? - m.saved_at) / ${halfLife * 86_400_000}.0))
    * CASE WHEN ${own} THEN ? ELSE 1.0 END`;

const matches =
  `SELECT rowid id, bm25(memory_text, ${weights}) bm25 FROM memory_text WHERE memory_text MATCH ?`;
// What it needs of a memory is in one index. The order of the joins is fixed: the planner (SQLite 3.54) might turn it round.
const facts = "CROSS JOIN memories m INDEXED BY memories_ranked ON m.id = f.id";

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
  // More than are asked for, as what is new or of the own branch moves up.
  const window = Math.max(100, 2 * limit);
  const best = `MATERIALIZED (${matches} ORDER BY bm25 LIMIT ${window})`;
  const every = `(${matches})`;
  const select = (from: string, matched: string, more: string, ...last: SQLInputValue[]) =>
    database.all<Ranked & { own: number; matched: number }>(
      `WITH found AS ${from} SELECT m.id, ${score("f.bm25")} score, ${own} own, ${matched} matched
        FROM found f ${facts} WHERE ${sql}${more} ORDER BY score DESC, m.id DESC LIMIT ?`,
      ...[expression, Date.now(), branch, project, preference, branch, project],
      ...values,
      ...last,
    );
  const found = select(best, "(SELECT count(*) FROM found)", "", limit);
  const ownThere = branch === null || found.some(({ own }) => own === 1);
  if (found.length === limit && ownThere) return found;
  if ((found[0]?.matched ?? countUpTo(database, expression, window)) < window) return found;
  if (found.length < limit) return select(every, "NULL", "", limit);
  const mine = select(every, "NULL", ` AND ${own}`, branch, project, limit);
  return [...mine, ...found].sort((a, b) => b.score - a.score || b.id - a.id).slice(0, limit);
}

function countUpTo(database: Database, expression: string, most: number): number {
  return database.get<{ count: number }>(
    "SELECT count(*) count FROM (SELECT rowid FROM memory_text WHERE memory_text MATCH ? LIMIT ?)",
    expression,
    most,
  )!.count;
}
