// Control characters, the ones that reorder or break lines, and halves of surrogate pairs.
const unprintable = /\p{Cc}|\p{Surrogate}|[\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;
const named: Record<string, string> = { "\n": "\\n", "\r": "\\r", "\t": "\\t", "\x1b": "\\e" };

/** Foreign text (names, messages of hosts) made safe for a terminal: what would steer it is shown as an escape. */
export function printable(text: string): string {
  return text.replace(unprintable, (character) => {
    const code = character.charCodeAt(0);
    return named[character] ??
      (code < 0x100
        ? `\\x${code.toString(16).padStart(2, "0")}`
        : `\\u${code.toString(16).padStart(4, "0")}`);
  });
}

/** The same for text of several lines: newlines stay. */
export function printableLines(text: string): string {
  return text.split("\n").map(printable).join("\n");
}
