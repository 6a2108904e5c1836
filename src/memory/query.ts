import { sinceWhen } from "../config/since.ts";
import type { Filter } from "./memory.ts";

/** Something to look for: words next to each other, the last one perhaps only begun. */
export interface Term {
  text: string;
  kind: "word" | "phrase" | "prefix";
}

/** A query as it was meant. */
export interface Query {
  /** All groups have to be found; of each group one term is enough. */
  wanted: readonly (readonly Term[])[];
  unwanted: readonly Term[];
  filter: Filter;
}

/** More than anybody means; what a model pastes may be longer. */
const most = 64;
const token = /(-?)(?:([a-z]+):(?=\S))?(?:"([^"]*)(?:"|$)|([^\s"]+))/giu;
const filterNames = ["tag", "project", "branch", "session", "author", "since", "before"];
/** What the index takes for a part of a word (unicode61: letters, digits, private use). */
const searchable = /[\p{L}\p{N}\p{Co}]/u;

/**
 * Reads what somebody typed: words, `"a phrase"`, `begin*`, `-without`, `one OR other`, `tag:name` and the other filters.
 * Any text can be read; signs that mean nothing here are left out.
 * @throws UsageFailure for a time that is none
 */
export function parseQuery(text: string): Query {
  const wanted: Term[][] = [];
  const unwanted: Term[] = [];
  const filter: Filter = {};
  let either = false;
  let without = false;
  // Halves of surrogate pairs and NUL end or spoil a text on its way into SQLite.
  const clean = text.toWellFormed().replace(/\p{Cc}/gu, " ").slice(0, 10_000);
  for (const [all, minus, name, quoted, bare] of clean.matchAll(token)) {
    const value = quoted ?? bare ?? "";
    if (name !== undefined && filterNames.includes(name.toLowerCase()) && !minus) {
      addFilter(filter, name.toLowerCase(), value);
      continue;
    }
    if (all === "AND" || all === "&&") continue;
    if (all === "OR" || all === "||" || all === "|") {
      either = wanted.length > 0;
      continue;
    }
    if (all === "NOT") {
      without = true;
      continue;
    }
    const whole = name === undefined ? value : `${name}:${value}`;
    const term = termOf(whole, quoted !== undefined);
    if (term !== undefined && wanted.length + unwanted.length < most) {
      if (minus || without) unwanted.push(term);
      else if (either) wanted.at(-1)!.push(term);
      else wanted.push([term]);
    }
    either = without = false;
  }
  return { wanted, unwanted, filter };
}

function termOf(text: string, quoted: boolean): Term | undefined {
  if (!searchable.test(text)) return undefined;
  if (/[\p{L}\p{N}]\*+[)\]},;.?!]*$/u.test(text)) return { text: text.replace(/\*.*$/u, ""), kind: "prefix" };
  return { text, kind: quoted ? "phrase" : "word" };
}

function addFilter(filter: Filter, name: string, value: string): void {
  if (name === "tag") filter.tags = [...filter.tags ?? [], value];
  else if (name === "since" || name === "before") filter[name] = Date.parse(sinceWhen(value));
  else filter[name as "project" | "branch" | "session" | "author"] = value;
}
