/** The words among which options are looked for: those before the first `--` (POSIX.1-2017, utility syntax guideline 10). */
export function beforeEnd(words: readonly string[]): readonly string[] {
  const end = words.indexOf("--");
  return end < 0 ? words : words.slice(0, end);
}
