export type Paint = (text: string) => string;

/** Colours and symbols of one stream: plain functions that do nothing where colour is not wanted. */
export interface Style {
  bold: Paint;
  dim: Paint;
  red: Paint;
  green: Paint;
  yellow: Paint;
  cyan: Paint;
  ok: string;
  warning: string;
  failed: string;
  skipped: string;
  /** Something that would be done. */
  pending: string;
  /** Before the line that is chosen. */
  pointer: string;
  /** Frames of the sign of running work. */
  spinner: readonly string[];
}

type Env = Record<string, string | undefined>;

/**
 * The style for a stream. `FORCE_COLOR` is stronger than `NO_COLOR` (as in Node), an empty value of either counts as
 * unset; symbols are ASCII where the locale is not UTF-8.
 */
export function styleFor(terminal: boolean, env: Env): Style {
  return createStyle(wantsColour(terminal, env), speaksUtf8(env));
}

/** Colours, or plain text; signs of Unicode, or of ASCII. */
export function createStyle(colour: boolean, unicode: boolean): Style {
  const paint = (open: number, close: number): Paint =>
    colour ? (text) => text === "" ? "" : `\x1b[${open}m${text}\x1b[${close}m` : (text) => text;
  return {
    bold: paint(1, 22),
    dim: paint(2, 22),
    red: paint(31, 39),
    green: paint(32, 39),
    yellow: paint(33, 39),
    cyan: paint(36, 39),
    ok: unicode ? "✓" : "+",
    warning: "!",
    failed: unicode ? "✗" : "x",
    skipped: unicode ? "·" : "-",
    pending: unicode ? "→" : ">",
    pointer: unicode ? "❯" : ">",
    spinner: unicode ? [..."⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"] : [..."|/-\\"],
  };
}

function wantsColour(terminal: boolean, env: Env): boolean {
  if (env.FORCE_COLOR) return env.FORCE_COLOR !== "0" && env.FORCE_COLOR !== "false";
  if (env.NO_COLOR) return false;
  return terminal && env.TERM !== "dumb";
}

function speaksUtf8(env: Env): boolean {
  return /utf-?8/i.test(env.LC_ALL || env.LC_CTYPE || env.LANG || "");
}
