import type { Key } from "./keys.ts";
import { truncate } from "./output.ts";
import type { Size, View } from "./screen.ts";
import type { Style } from "./style.ts";
import { printable } from "./text.ts";

export interface Picker<T> {
  question: string;
  /** Of a table for a terminal of so many columns: its title line, then one line for each item. */
  table: (items: readonly T[], columns: number) => string[];
  /** What typed words are looked for in. */
  text: (item: T) => string;
  /** A line about the chosen one, below the others. */
  detail?: (item: T) => string;
}

export interface Picking {
  query: string;
  /** Place of the chosen one among those that fit the query. */
  at: number;
}

/** Lines around the items: question, gap, their title, gap, keys. */
const around = 5;

/** The items that have every typed word somewhere, whatever its case. */
export function fitting<T>(items: readonly T[], query: string, text: (item: T) => string): T[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  return items.filter((item) => {
    const haystack = text(item).toLowerCase();
    return words.every((word) => haystack.includes(word));
  });
}

/** The part of a list of `count` that `rows` lines can show, with the chosen one in it. */
export function windowOf(count: number, at: number, rows: number): { from: number; to: number } {
  const from = Math.max(0, Math.min(at - Math.floor(rows / 2), count - rows));
  return { from, to: Math.min(count, from + Math.max(1, rows)) };
}

/** Where a key that moves leads in a list of `count`; undefined for other keys. */
export function moved(key: Key, at: number, count: number, page: number): number | undefined {
  const to = {
    up: at - 1,
    down: at + 1,
    "page-up": at - page,
    "page-down": at + page,
    home: 0,
    end: count - 1,
  }[key as string];
  return to === undefined ? undefined : Math.max(0, Math.min(to, count - 1));
}

function renderPicker<T>(
  { question, table, text, detail }: Picker<T>,
  items: readonly T[],
  { query, at }: Picking,
  { columns, rows }: Size,
  style: Style,
): string[] {
  const fit = fitting(items, query, text);
  // On a screen of a few lines the items come first.
  const about = detail !== undefined && rows > around + 3 ? detail : undefined;
  const { from, to } = windowOf(fit.length, at, rows - around - (about ? 1 : 0));
  const [title = "", ...lines] = table(fit.slice(from, to), columns - 2);
  const shown = lines.map((line, i) =>
    from + i === at ? `${style.cyan(style.pointer)} ${style.bold(line)}` : `  ${line}`
  );
  const count = fit.length === items.length ? `${items.length}` : `${fit.length} of ${items.length}`;
  const typed = query === "" ? style.dim("type to filter") : printable(query);
  return [
    `${style.bold(question)} ${style.dim(count)}  ${typed}`,
    "",
    ...(fit.length === 0
      ? [style.dim("  nothing fits; backspace takes letters back")]
      : [`  ${title}`, ...shown]),
    "",
    ...(about ? [fit[at] === undefined ? "" : style.dim(truncate(`  ${about(fit[at])}`, columns))] : []),
    style.dim(truncate("↑ ↓ move   enter choose   esc leave", columns)),
  ];
}

/** Lets a person choose one of several: the chosen one, or undefined. */
export function pickerView<T>(
  picker: Picker<T>,
  items: readonly T[],
  style: Style,
): View<T | undefined> {
  let state: Picking = { query: "", at: 0 };
  let page = 10;
  return {
    render(size) {
      page = Math.max(1, size.rows - around - 1);
      return renderPicker(picker, items, state, size, style);
    },
    press(key) {
      const fit = fitting(items, state.query, picker.text);
      const to = moved(key, state.at, fit.length, page);
      if (to !== undefined) state = { ...state, at: Math.max(0, to) };
      else if (key === "enter") return fit.length === 0 ? undefined : { result: fit[state.at] };
      else if (key === "escape") return { result: undefined };
      else if (key === "clear") state = { query: "", at: 0 };
      else if (key === "backspace") state = { query: [...state.query].slice(0, -1).join(""), at: 0 };
      else if ([...key].length === 1) state = { query: state.query + key, at: 0 };
      return undefined;
    },
  };
}
