import type { Database } from "../store/database.ts";
import type { Embedder } from "./embedder.ts";
import { type Hit, relation } from "./hit.ts";
import { withMeaning } from "./hybrid.ts";
import { list } from "./list.ts";
import { matchesOf } from "./match.ts";
import type { Filter } from "./memory.ts";
import { parseQuery, type Query } from "./query.ts";
import { rank, type Ranked, type View } from "./rank.ts";
import { byIds, conditionOf } from "./rows.ts";
import { snippetsOf } from "./snippet.ts";
import { corrected } from "./spelling.ts";
import { UsageFailure } from "../errors.ts";

export interface Answer {
  hits: Hit[];
  /** What to know about this answer: words that were corrected, where else was looked, what did not work. */
  notes: string[];
}

export interface SearchOptions {
  view: View;
  /** What is asked for beside what the query says. */
  filter?: Filter;
  limit: number;
  /** All projects, not the own one. */
  everywhere?: boolean;
  /** Around the words that fit. */
  marks?: readonly [string, string];
  /** Adds what means the same in other words. */
  embedder?: Embedder | undefined;
}

/**
 * Finds what a person means: first what has all words, then what has some, then what has to do with them. Looks in the own
 * project, and only when there is nothing in all others. A query of filters alone gives the newest.
 * @throws UsageFailure when there is nothing to look for
 */
export async function search(database: Database, text: string, options: SearchOptions): Promise<Answer> {
  const query = parseQuery(text);
  const filter: Filter = { ...options.filter, ...query.filter };
  const tags = [...options.filter?.tags ?? [], ...query.filter.tags ?? []];
  if (tags.length > 0) filter.tags = tags;
  checkQuery(text, query, filter);
  const named = filter.project !== undefined || options.everywhere;
  const here = named ? filter : { ...filter, project: options.view.project };
  const answer = await look(database, query, here, options);
  if (answer.hits.length > 0 || named) return answer;
  const elsewhere = await look(database, query, filter, options);
  if (elsewhere.hits.length === 0) return answer;
  return {
    hits: elsewhere.hits,
    notes: [...elsewhere.notes, "nothing in this project; these are of others"],
  };
}

async function look(
  database: Database,
  query: Query,
  filter: Filter,
  options: SearchOptions,
): Promise<Answer> {
  const { limit, view, marks = ["**", "**"] } = options;
  const notes: string[] = [];
  const matches = matchesOf(query);
  if (matches === undefined) {
    const newest = list(database, filter, limit);
    return {
      hits: newest.map((memory) => ({
        ...memory,
        score: 0,
        snippet: memory.text,
        of: relation(memory, view),
      })),
      notes,
    };
  }
  const condition = conditionOf(filter);
  const scores = new Map<number, number>();
  /** The expression that found a memory first, which fits it best. */
  const found = new Map<number, string>();
  const add = (expression: string | undefined, weight: number, most: number, bonus = 0) => {
    if (expression === undefined) return;
    const preference = bonus > 0 ? 4 : 1.5;
    for (const { id, score } of rank(database, expression, view, condition, preference, most)) {
      scores.set(id, (scores.get(id) ?? 0) + weight * score + bonus);
      if (!found.has(id)) found.set(id, expression);
    }
  };
  add(matches.all, 1, limit, complete);
  if (scores.size < limit) {
    add(matches.some, 1, Math.max(50, limit));
    add(matches.related, relatedWeight, Math.max(50, limit));
  }
  if (scores.size === 0) {
    const better = corrected(database, query);
    add(better?.expression, 1, limit);
    if (scores.size > 0) notes.push(`nothing has ${better!.given}; looked for ${better!.taken}`);
  }
  let best: readonly Ranked[] = [...scores].map(([id, score]) => ({ id, score }))
    .sort((a, b) => b.score - a.score || b.id - a.id);
  if (options.embedder !== undefined) {
    const both = await withMeaning(database, query, best, options.embedder, view, condition);
    best = both.found;
    notes.push(...both.notes);
  }
  best = best.slice(0, limit);
  const memories = byIds(database, best.map(({ id }) => id));
  const snippets = snippetsOf(database, memories, found, marks);
  const hits = best.flatMap(({ id, score }) => {
    const memory = memories.get(id);
    // Forgotten in this moment.
    if (memory === undefined) return [];
    return [{ ...memory, score: round(score), snippet: snippets.get(id)!, of: relation(memory, view) }];
  });
  return { hits, notes };
}

/**
 * More than any score: what has all words comes before what has some. Among the former the own branch counts for so much
 * that of two that say the contrary its own one is first, however long they are.
 */
const complete = 1000;
/** Found best on half of the labelled questions (test/bench/memory_search.ts). */
const relatedWeight = 0.6;

function checkQuery(text: string, { wanted, unwanted }: Query, filter: Filter): void {
  if (wanted.length > 0) return;
  if (unwanted.length > 0) {
    throw new UsageFailure(
      "only words to leave out were given",
      "add what to look for, such as: login -password",
    );
  }
  if (Object.keys(filter).length > 0) return;
  throw new UsageFailure(
    text.trim() === ""
      ? "nothing to search for"
      : `no word to search for in ${JSON.stringify(text.slice(0, 80))}`,
    "give a word, or a filter such as tag:decision; claude-ops memory list shows all",
  );
}

function round(score: number): number {
  const plain = score >= complete ? score - complete : score;
  return Number(plain.toPrecision(4));
}
