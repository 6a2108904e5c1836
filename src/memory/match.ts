import { characters, humps, joined } from "./words.ts";
import type { Query, Term } from "./query.ts";
import { relatedTo } from "./related.ts";
import { isStopWord } from "./stop_words.ts";

/** How a query is put to FTS5, from what fits best to what may still be meant; undefined where that is nothing new. */
export interface Matches {
  /** All that was asked for. */
  all: string;
  /** At least some of it, compound words taken apart. */
  some: string | undefined;
  /** What has to do with it. */
  related: string | undefined;
}

/** Undefined where there is nothing to look for. Words that are in every text count only where there are no others. */
export function matchesOf({ wanted, unwanted }: Query): Matches | undefined {
  if (wanted.length === 0) return undefined;
  const telling = wanted.filter((group) =>
    !group.every(({ text, kind }) => kind === "word" && isStopWord(text))
  );
  const groups = telling.length > 0 ? telling : wanted;
  const none = unwanted.length === 0 ? "" : ` NOT (${unwanted.map(expression).join(" OR ")})`;
  const all = groups.map((group) => `(${group.map(expression).join(" OR ")})`).join(" AND ");
  const parts = unique(groups.flat().flatMap(loose));
  // With the words that tell nothing: "sign in" is one thing.
  const said = wanted.flat().flatMap(({ text }) => partsOf(text).length > 0 ? partsOf(text) : [text]);
  const related = relatedTo(said.map((word) => word.replace(edges, "")));
  const exact = groups.flat().every(({ kind }) => kind === "phrase");
  return {
    all: `(${all})${none}`,
    some: exact ? undefined : `(${parts.join(" OR ")})${none}`,
    related: exact || related.length === 0 ? undefined : `(${related.map(quote).join(" OR ")})${none}`,
  };
}

/** Signs around a word. */
const edges = /^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu;

/** The spellings of a term, as one expression. */
function expression({ text, kind }: Term): string {
  if (kind === "prefix") return `${quote(text)}*`;
  const spellings = [text, characters(text), ...kind === "word" ? [humps(text), joined(text)] : []];
  const found = unique(spellings.filter((each) => each !== undefined).map(quote));
  return found.length === 1 ? found[0]! : `(${found.join(" OR ")})`;
}

function loose(term: Term): string[] {
  if (term.kind === "phrase") return [expression(term)];
  const parts = partsOf(term.text).filter((part) => !isStopWord(part));
  if (term.kind === "prefix") return [expression(term), ...stems(term.text).map(quote)];
  return [expression(term), ...parts.map(quote)];
}

function partsOf(text: string): string[] {
  const parts = (characters(text) ? [] : text.match(/[\p{L}\p{N}\p{Co}\p{M}]+/gu) ?? [])
    .flatMap((word) => humps(word)?.split(" ") ?? [word]).filter((part) => part.length > 1);
  return parts.length > 1 ? parts : [];
}

/** The index keeps stems, which may be shorter than what was begun: `authentica*` is found as `authent`. */
function stems(begun: string): string[] {
  const shortest = Math.max(4, Math.ceil(begun.length / 2));
  return begun.length < 6
    ? []
    : Array.from({ length: begun.length - shortest }, (_, i) => begun.slice(0, begun.length - 1 - i));
}

function quote(text: string): string {
  return `"${text.replaceAll('"', " ")}"`;
}

function unique<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}
