const identifier = /[\p{L}\p{N}]+(?:[_\-.]+[\p{L}\p{N}]+)*/gu;
/** Where `getUserName` and `HTTPServer` come apart. */
const seam = /(?<=[\p{Ll}\p{N}])(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})/gu;
/** Scripts that do not put spaces between words: full text would take a whole sentence for one word. */
const unspaced = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]/u;

/** `getUserName` → `get User Name`; undefined for what is one word. */
export function humps(word: string): string | undefined {
  const parts = word.split(seam);
  return parts.length > 1 ? parts.join(" ") : undefined;
}

/** `get_user_name`, `get-user-name` → `getusername`; undefined for what is one word. */
export function joined(word: string): string | undefined {
  return /[\p{L}\p{N}][_-]+[\p{L}\p{N}]/u.test(word) && !word.includes(".")
    ? word.replace(/[_-]+/g, "").toLowerCase()
    : undefined;
}

/** Each character of such a script on its own; undefined for other words. */
export function characters(word: string): string | undefined {
  return unspaced.test(word)
    ? word.replace(new RegExp(unspaced, "gu"), " $& ").replace(/ +/g, " ").trim()
    : undefined;
}

/**
 * The other spellings under which the words of a text are found, to be indexed beside it: parts of identifiers, and
 * identifiers in one piece.
 */
export function otherSpellings(text: string): string {
  const found = new Set<string>();
  for (const [word] of text.matchAll(identifier)) {
    for (const part of new Set([word, ...word.split(/[_\-.]+/)])) {
      for (const spelling of [humps(part), joined(part), characters(part)]) {
        if (spelling !== undefined) found.add(spelling);
      }
    }
  }
  return [...found].join(" ");
}
