import type { Database } from "../store/database.ts";
import type { Embedder } from "./embedder.ts";
import type { Query } from "./query.ts";
import type { Ranked, View } from "./rank.ts";
import type { Condition } from "./rows.ts";
import { nearestTo } from "./vectors.ts";

/** Milliseconds that the service gets while somebody waits for the answer. */
const patience = 5000;
/** Reciprocal rank fusion (Cormack, Clarke and Büttcher, 2009), with the constant of that paper. */
const k = 60;

/** What full text found and what means nearly the same, in one order. Without an answer of the service the former alone. */
export async function withMeaning(
  database: Database,
  { wanted }: Query,
  found: readonly Ranked[],
  embedder: Embedder,
  view: View,
  condition: Condition,
): Promise<{ found: readonly Ranked[]; notes: string[] }> {
  let vector: Float32Array;
  try {
    [vector] = await embedder.embed([wanted.flat().map(({ text }) => text).join(" ")], patience) as [
      Float32Array,
    ];
  } catch (error) {
    const why = (error as Error).message;
    return {
      found,
      notes: [`found by full text alone: ${embedder.host} did not say what words mean (${why})`],
    };
  }
  const near = nearestTo(database, vector, embedder.model, view, condition, 50);
  const scores = new Map<number, number>();
  for (const ids of [found.map(({ id }) => id), near]) {
    for (const [rank, id] of ids.entries()) scores.set(id, (scores.get(id) ?? 0) + 1 / (k + rank + 1));
  }
  return {
    found: [...scores].map(([id, score]) => ({ id, score })).sort((a, b) => b.score - a.score),
    notes: [],
  };
}
