import { parse } from "smol-toml";

const part = `(?:"(?:[^"\\\\]|\\\\.)*"|'[^']*'|[A-Za-z0-9_-]+)`;
const path = `${part}(?:\\s*\\.\\s*${part})*`;
const header = new RegExp(`^\\s*\\[\\[?\\s*(${path})\\s*\\]\\]?\\s*(?:#.*)?$`);
const assignment = new RegExp(`^\\s*(${path})\\s*=(.*)$`);

/**
 * The line (from 1) on which each section and key of a valid TOML text stands, by its path joined with dots. smol-toml
 * (1.9) keeps no positions; keys of an inline table are found under the name of the table.
 */
export function keyLines(text: string): Map<string, number> {
  const lines = new Map<string, number>();
  let section: string[] = [];
  let quote: string | undefined;
  for (const [i, line] of text.split("\n").entries()) {
    if (quote !== undefined) {
      if (line.includes(quote)) quote = undefined;
      continue;
    }
    const heading = line.match(header)?.[1];
    const [, key, value] = line.match(assignment) ?? [];
    if (heading !== undefined) section = pathOf(heading);
    else if (key === undefined) continue;
    const name = [...section, ...(key === undefined ? [] : pathOf(key))].join(".");
    if (!lines.has(name)) lines.set(name, i + 1);
    quote = [`"""`, `'''`].find((mark) =>
      value?.trimStart().startsWith(mark) && value.split(mark).length === 2
    );
  }
  return lines;
}

/** `a."b.c"` → `a`, `b.c`, as TOML itself reads it. */
function pathOf(key: string): string[] {
  const names: string[] = [];
  let level: unknown = parse(`${key} = 0`);
  while (typeof level === "object" && level !== null) {
    const [name, next] = Object.entries(level)[0]!;
    names.push(name);
    level = next;
  }
  return names;
}
