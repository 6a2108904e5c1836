// Control characters, the ones that reorder or break lines, and halves of surrogate pairs.
const unprintable = /\p{Cc}|\p{Surrogate}|[\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;
const named: Record<string, string> = { "\n": "\\n", "\r": "\\r", "\t": "\\t", "\x1b": "\\e" };

/** Foreign text (names, messages of hosts) made safe for a terminal: what would steer it is shown as an escape. */
export function printable(text: string): string {
  return text.replace(unprintable, escaped);
}

// JSON writes all below 0x20 as escapes itself; the others get those that JSON understands too.
function escaped(character: string): string {
  const code = character.charCodeAt(0);
  const digits = code.toString(16);
  return named[character] ??
    (code < 0x20 ? `\\x${digits.padStart(2, "0")}` : `\\u${digits.padStart(4, "0")}`);
}

/** Foreign names in a sentence: `a, b and c`; of more than three the first two and how many more. */
export function enumerated(names: readonly string[]): string {
  const safe = names.map(printable);
  const said = safe.length > 3 ? [...safe.slice(0, 2), `${safe.length - 2} more`] : safe;
  return said.length > 1 ? `${said.slice(0, -1).join(", ")} and ${said.at(-1)}` : said[0] ?? "";
}

/** `printable` for text of several lines: newlines stay. */
export function printableLines(text: string): string {
  return text.split("\n").map(printable).join("\n");
}

// Lines, tabs, and the colours of style.ts are ours; a match of one of them stays.
const steering = new RegExp(`\\x1b\\[(?:1|2|22|3[1236]|39)m|[\\n\\t]|${unprintable.source}`, "gu");

/**
 * The last gate before a terminal: whatever was forgotten to be made printable cannot steer it. JSON that goes through
 * stays the same JSON.
 */
export function harmless(text: string): string {
  return text.replace(
    steering,
    (match) => match.length > 2 || match === "\n" || match === "\t" ? match : escaped(match),
  );
}

/** `2026-05-01 12:00:00` by this machine's clock. */
export function localTime(time: string): string {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) return time;
  const two = (number: number) => String(number).padStart(2, "0");
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join("-");
  return `${day} ${[date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(":")}`;
}
