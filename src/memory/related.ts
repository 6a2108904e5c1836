import { isStopWord } from "./stop_words.ts";
import { thesaurus } from "./thesaurus.ts";

/** Ends of words that do not change what they are about; no stemmer, only good enough to look a word up. */
const ending = /(?:ations?|ments?|ings?|ers?|ors?|als?|ions?|ed|es|s|e|y)$/;
let groupsByWord: Map<string, string[][]> | undefined;

/** Words that people use for the same thing as one of these, or several in a row, without these themselves. */
export function relatedTo(words: readonly string[]): string[] {
  const known = groupsByWord ??= index();
  const roots = words.map(root);
  const given = new Set(roots);
  const found = new Set<string>();
  for (let i = 0; i < roots.length; i++) {
    for (let length = 1; length <= longest && i + length <= roots.length; length++) {
      for (const each of known.get(roots.slice(i, i + length).join(" "))?.flat() ?? []) {
        if (!given.has(root(each)) && !isStopWord(each)) found.add(each);
      }
    }
  }
  return [...found].slice(0, 48);
}

/** Words of the longest entry of the thesaurus. */
const longest = 4;

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
