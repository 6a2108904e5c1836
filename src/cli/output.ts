import stringWidth from "string-width";
import type { Paint } from "./style.ts";
import { printable, printableLines } from "./text.ts";

/** A column of a table for people. */
export interface Column {
  title: string;
  align?: "left" | "right";
  /** May be cut with … where the terminal is too narrow; the widest such column gives way first. */
  shrink?: boolean;
  /** Left out where the terminal is not at least so wide. */
  from?: number;
}

/** Raw text: what would steer the terminal is escaped here, colour comes from `paint` only. */
export type Cell = string | { text: string; paint: Paint };

const gap = "  ";
const narrowest = 8;

/**
 * Columns in line, with a title row, within `width` columns of a terminal (Infinity: as wide as it gets). Wide and
 * combining characters count as the terminal shows them.
 */
export function renderTable(
  all: readonly Column[],
  rows: readonly (readonly Cell[])[],
  width: number,
  title: Paint,
): string {
  const fits = ({ from = 0 }: Column) => width >= from;
  const columns = all.filter(fits);
  const cells = rows.map((row) => all.flatMap((column, i) => fits(column) ? [toCell(row[i] ?? "")] : []));
  const widths = columns.map((column, i) =>
    Math.max(displayWidth(column.title), ...cells.map((row) => displayWidth(row[i]!.text)))
  );
  let excess = widths.reduce((sum, width) => sum + width + gap.length, -gap.length) - width;
  for (; excess > 0; excess--) {
    const widest = columns.reduce(
      (best, { shrink }, i) => shrink && widths[i]! > (widths[best] ?? 0) ? i : best,
      -1,
    );
    if (widest < 0 || widths[widest]! <= narrowest) break;
    widths[widest]!--;
  }
  const line = (row: readonly { text: string; paint: Paint }[]) =>
    row.map(({ text, paint }, i) => {
      const shown = truncate(text, widths[i]!);
      const padding = " ".repeat(widths[i]! - displayWidth(shown));
      if (columns[i]!.align === "right") return padding + paint(shown);
      return paint(shown) + (i < row.length - 1 ? padding : "");
    }).join(gap).trimEnd();
  return [line(columns.map((column) => ({ text: column.title, paint: title }))), ...cells.map(line)].join(
    "\n",
  );
}

/** Cuts text to `width` columns of a terminal, the last one then being an ellipsis. */
export function truncate(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  let shown = "";
  let used = 0;
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    const next = displayWidth(segment);
    if (used + next > width - 1) break;
    shown += segment;
    used += next;
  }
  return `${shown}…`;
}

/** Breaks text between words so that no line is longer than `width`, as far as the words allow. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/).filter(Boolean)) {
    if (line !== "" && displayWidth(line) + 1 + displayWidth(word) > width) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

/** Words for a person that may end in a command (`go on: claude-session …`), which stays whole: so it can be copied. */
function wrapSaying(text: string, width: number): string[] {
  if (displayWidth(text) <= width) return [text];
  const [, prose, command] =
    /^(.*?:) ((?:\S*claude-(?:ops|session)|ssh|ssh-keygen|sudo|usermod|mkdir) .*)$/.exec(text) ?? [];
  return prose && command ? [...wrap(prose, width), command] : wrap(text, width);
}

/**
 * Foreign lines behind a label that takes `first` columns; what does not fit into the terminal goes on below, indented.
 * Where hardly anything fits behind the label, or a word (a path) does not, all goes below.
 */
export function within(text: string, columns: number, first: number, indent = first): string {
  const width = Math.max(16, columns - first);
  const cramped = width < 26 || text.split(/\s/).some((word) => displayWidth(word) > width);
  if (cramped && first > 4 && displayWidth(text) > width) return `\n    ${within(text, columns, 4)}`;
  return printableLines(text).split("\n").flatMap((line) =>
    wrapSaying(line, width).map((part, i) => i === 0 ? part : `${" ".repeat(indent)}${part}`)
  ).join("\n");
}

/** Columns of a terminal that the text takes. */
export function displayWidth(text: string): number {
  return /^[\x20-\x7e]*$/.test(text) ? text.length : stringWidth(text);
}

function toCell(cell: Cell): { text: string; paint: Paint } {
  const { text, paint } = typeof cell === "string" ? { text: cell, paint: (text: string) => text } : cell;
  return { text: printable(text), paint };
}
