import { afterAll, vi } from "vitest";

/** The same numbers for the same seed (mulberry32). */
export function random(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

vi.setConfig({ testTimeout: 300_000 });

/** How many inputs a property is tried on. */
export const COUNT = process.env.CLAUDE_OPS_TEST_FULL ? 4000 : 400;

let tried = 0;
afterAll(() => {
  if (tried > 0) console.log(`${tried.toLocaleString("en")} generated inputs`);
});

/** Tries a property on many inputs. A failure names its seed; CLAUDE_OPS_TEST_SEED tries that one alone. */
export async function forAll(body: (make: Make, seed: number) => void | Promise<void>, count = COUNT) {
  const only = process.env.CLAUDE_OPS_TEST_SEED;
  const seeds = only ? [Number(only)] : Array.from({ length: count }, (_, i) => i + 1);
  for (const seed of seeds) {
    tried++;
    try {
      await body(new Make(seed), seed);
    } catch (error) {
      if (error instanceof Error) error.message = `CLAUDE_OPS_TEST_SEED=${seed}: ${error.message}`;
      throw error;
    }
  }
}

/** What steers a terminal, ends a string, leaves a directory, or means something to an object. */
const pieces = [
  ...["\x1b]0;owned\x07", "\x1b[2J", "\x1b[31m", "\x9b6n", "\x1bP$q\x1b\\", "\x00", "\x08", "\r", "\n", "\t"],
  ...["\u202e", "\u2028", "\u200f", "\ud800", "\u0085", "é", "日本", "👩‍🚀", "e\u0301", "\ufeff"],
  ...["'", '"', "`", "\\", "$(id)", "; id", "|", "&", "<", ">", "{", "}", "[", "]", "%s", "%n", "=", "#"],
  ...["..", "/", "../../etc/passwd", "~", "-", "--json", "*", "?", "@", "!", ":", ",", "|1|", " ", "  "],
  ...["__proto__", "constructor", "toString", "hasOwnProperty", "null", "NaN", "-1", "1e999", "0x10", "true"],
  ...[
    "a",
    "b7",
    "name",
    "2026-01-02T03:04:05Z",
    "2.1.329",
    "ssh-ed25519",
    "00000000-0000-4000-8000-000000000000",
  ],
];

/** Makes inputs that nobody thought of. */
export class Make {
  readonly #next: () => number;
  constructor(seed: number) {
    this.#next = random(seed);
  }

  below(limit: number): number {
    return Math.floor(this.#next() * limit);
  }

  one<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!;
  }

  text(longest = 6): string {
    if (this.below(300) === 0) return this.one(pieces).repeat(20_000);
    return Array.from({ length: this.below(longest) }, () => this.one(pieces)).join("");
  }

  /** Anything that JSON can say. */
  value(depth = 3): unknown {
    const simple = [null, true, false, 0, -1, 1.5, 1e308, Number.MAX_SAFE_INTEGER + 2];
    if (depth === 0 || this.below(3) > 0) return this.below(2) ? this.text() : this.one(simple);
    const several = Array.from({ length: this.below(4) }, () => this.value(depth - 1));
    if (this.below(2)) return several;
    return JSON.parse(
      `{${several.map((value) => `${JSON.stringify(this.text(2))}:${JSON.stringify(value)}`)}}`,
    );
  }

  /** A value like this one, some of its members being of another kind, gone, or several. */
  like(value: unknown): unknown {
    if (this.below(12) === 0) return this.value();
    if (Array.isArray(value)) {
      return value.flatMap((each) => this.one([[], [each], [each, null]])).map((each) => this.like(each));
    }
    if (typeof value !== "object" || value === null) return this.below(8) ? value : this.value(1);
    const entries = Object.entries(value).filter(() => this.below(15) > 0);
    return Object.fromEntries(entries.map(([name, member]) => [name, this.like(member)]));
  }

  /** The text with pieces cut out, put in, doubled or exchanged. */
  damaged(text: string): string {
    for (let n = this.below(4); n >= 0; n--) {
      const [from, length] = [this.below(text.length + 1), this.below(Math.min(40, text.length + 1))];
      const middle = this.one(["", this.text(3), text.slice(from, from + length).repeat(2)]);
      text = text.slice(0, from) + middle + text.slice(from + (this.below(2) ? length : 0));
      if (this.below(8) === 0) text = text.slice(0, this.below(text.length + 1));
    }
    return text;
  }
}

/** What is in a text that may steer a terminal: all but lines and tabs. */
export const steering = (text: string): string[] =>
  text.match(/(?![\n\t])\p{Cc}|\p{Surrogate}|[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu) ?? [];
