/** Tags as they are kept: lower case, words joined by `-`, without a leading `#`, each once and in order. */
export function tagsOf(given: readonly string[]): string[] {
  const tags = given.flatMap((each) => each.split(","))
    .map((tag) =>
      tag.toWellFormed().normalize("NFC").trim().toLowerCase().replace(/^#+/, "").replace(
        /[\s\p{Cc}]+/gu,
        "-",
      )
    )
    .filter((tag) => /[\p{L}\p{N}]/u.test(tag)).map((tag) => [...tag].slice(0, 100).join(""));
  return [...new Set(tags)].sort();
}
