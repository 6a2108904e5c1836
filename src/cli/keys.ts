/** What a person pressed: a character, or one of these words. */
export type Key =
  | "up"
  | "down"
  | "page-up"
  | "page-down"
  | "home"
  | "end"
  | "enter"
  | "escape"
  | "backspace"
  | "interrupt"
  | "clear"
  | (string & Record<never, never>);

const sequences: Record<string, Key> = {
  "\x1b[A": "up",
  "\x1bOA": "up",
  "\x1b[B": "down",
  "\x1bOB": "down",
  "\x1b[5~": "page-up",
  "\x1b[6~": "page-down",
  "\x1b[H": "home",
  "\x1bOH": "home",
  "\x1b[1~": "home",
  "\x1b[F": "end",
  "\x1bOF": "end",
  "\x1b[4~": "end",
};
const controls: Record<string, Key> = {
  "\r": "enter",
  "\n": "enter",
  "\x03": "interrupt",
  "\x04": "escape",
  "\x7f": "backspace",
  "\b": "backspace",
  "\x15": "clear",
  "\x10": "up",
  "\x0e": "down",
};

/**
 * Cuts what a terminal sent into keys. `rest` is the beginning of a sequence that has not come whole; a lone escape is
 * one too, until nothing follows it.
 */
export function readKeys(text: string): { keys: Key[]; rest: string } {
  const keys: Key[] = [];
  for (let at = 0; at < text.length;) {
    if (text[at] === "\x1b") {
      // deno-lint-ignore no-control-regex
      const sequence = /^\x1b(?:\[[0-?]*[ -/]*[@-~]|O[@-~])/.exec(text.slice(at))?.[0];
      // deno-lint-ignore no-control-regex
      if (sequence === undefined && /^\x1b(?:\[[0-?]*[ -/]*|O)?$/.test(text.slice(at))) {
        return { keys, rest: text.slice(at) };
      }
      if (sequence === undefined) keys.push("escape");
      else if (sequences[sequence] !== undefined) keys.push(sequences[sequence]);
      at += sequence?.length ?? 1;
      continue;
    }
    const character = String.fromCodePoint(text.codePointAt(at)!);
    const key = controls[character] ?? (character >= " " ? character : undefined);
    if (key !== undefined) keys.push(key);
    at += character.length;
  }
  return { keys, rest: "" };
}
