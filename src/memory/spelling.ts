import { editDistance } from "../nearest.ts";
import type { Database } from "../store/database.ts";
import type { Query } from "./query.ts";

/** A query with words that are in no memory replaced by the nearest that are. */
export interface Correction {
  given: string;
  taken: string;
  expression: string;
}

/** Undefined where nothing near is known. Only asked when a query found nothing at all, as it walks through all words. */
export function corrected(database: Database, query: Query): Correction | undefined {
  const words = query.wanted.flat().filter(({ kind, text }) =>
    kind === "word" && /^[\p{L}]{4,40}$/u.test(text)
  );
  const pairs = words.flatMap(({ text }) => {
    const near = nearestWord(database, text.toLowerCase());
    return near === undefined ? [] : [{ text, near }];
  });
  if (pairs.length === 0) return undefined;
  return {
    given: pairs.map(({ text }) => text).join(" "),
    taken: pairs.map(({ near }) => `${near}…`).join(" "),
    // The vocabulary holds stems, and the stem of a stem may be shorter still.
    expression: pairs.map(({ near }) => `"${near.slice(0, Math.max(4, near.length - 1))}"*`).join(" OR "),
  };
}

function nearestWord(database: Database, word: string): string | undefined {
  const allowed = word.length < 7 ? 1 : 2;
  const first = word[0]!;
  const terms = database.all<{ term: string; doc: number }>(
    "SELECT term, doc FROM memory_vocabulary WHERE term >= ? AND term < ? AND length(term) BETWEEN ? AND ?",
    first,
    first + "\u{10ffff}",
    Math.max(4, word.length - 7),
    word.length + allowed,
  );
  let best: { term: string; off: number; doc: number } | undefined;
  for (const { term, doc } of terms) {
    const off = Math.min(
      editDistance(word, term),
      ...[-1, 0, 1].map((more) => editDistance(word.slice(0, term.length + more), term)),
    );
    if (off > allowed || (best !== undefined && (off > best.off || (off === best.off && doc <= best.doc)))) {
      continue;
    }
    best = { term, off, doc };
  }
  return best?.term;
}
