import { isStopWord } from "./stop_words.ts";
import { thesaurus } from "./thesaurus.ts";

/** Ends of words that do not change what they are about; no stemmer, only good enough to look a word up. */
const ending = /(?:ations?|ments?|ings?|ers?|ors?|als?|ions?|ed|es|s|e|y)$/;
let groupsByWord: Map<string, string[][]> | undefined;

/** Words that people use for the same thing as one of these, without these themselves. */
export function relatedTo(words: readonly string[]): string[] {
  groupsByWord ??= index();
  const given = new Set(words.map(root));
  const text = ` ${words.map(root).join(" ")} `;
  const found = new Set<string>();
  for (const [key, groups] of groupsByWord) {
    if (!(key.includes(" ") ? text.includes(` ${key} `) : given.has(key))) continue;
    for (const each of groups.flat()) if (!given.has(root(each)) && !isStopWord(each)) found.add(each);
  }
  return [...found].slice(0, 48);
}

function index(): Map<string, string[][]> {
  const found = new Map<string, string[][]>();
  for (const line of thesaurus.split("\n")) {
    const group = line.split(",").map((each) => each.trim()).filter(Boolean);
    for (const each of group) {
      const key = each.split(" ").map(root).join(" ");
      found.set(key, [...found.get(key) ?? [], group]);
    }
  }
  return found;
}

function root(word: string): string {
  const lower = word.toLowerCase();
  const short = lower.replace(ending, "");
  return short.length >= 3 ? short : lower;
}
