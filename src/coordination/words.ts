import { UsageFailure } from "../errors.ts";

const longest = 256;
const largest = 1 << 20;

/** @throws UsageFailure for a name of something that would hurt a terminal or a list; `what` it names, for the message */
export function checkWord(what: string, word: string): string {
  const fault = word.trim() !== word || word === ""
    ? "is empty or has spaces around it"
    : word.length > longest
    ? `is longer than ${longest} characters`
    : /\p{C}/u.test(word)
    ? "has control characters"
    : undefined;
  if (fault === undefined) return word;
  throw new UsageFailure(
    `not a ${what}: ${JSON.stringify(word.slice(0, 80))} ${fault}`,
    "use a word such as issue:15 or project:shop",
  );
}

/** A value as the JSON that is kept. @throws UsageFailure for one that is no JSON or too large */
export function toJson(value: unknown): string {
  const text = JSON.stringify(value);
  if (text === undefined) throw new UsageFailure("not a JSON value", "use null for nothing");
  if (text.length > largest) {
    throw new UsageFailure(
      `the value has ${text.length} characters, ${largest} are allowed`,
      "keep it in a file, and its path here",
    );
  }
  return text;
}
