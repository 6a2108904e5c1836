import { shortPath } from "../../cli/paths.ts";
import { type Cell, type Column, renderTable, wrap } from "../../cli/output.ts";
import type { Style } from "../../cli/style.ts";
import { printable, printableLines } from "../../cli/text.ts";
import type { Memory } from "../../memory/memory.ts";
import type { Hit } from "../../memory/hit.ts";
import type { Answer } from "../../memory/search.ts";
import { age } from "../../sessions/age.ts";

/** Marks that no text has: control characters are taken out when it is saved. */
export const marks = ["\x02", "\x03"] as const;

/** Where there is nothing to list or search. */
export const nothingYet = 'nothing is remembered here yet; claude-ops memory save "TEXT" does';

/** Each hit: its number and text, and below where it comes from. */
export function renderAnswer({ hits, notes }: Answer, style: Style, columns: number): string {
  const width = Math.min(columns, 110);
  const blocks = hits.map((hit) => {
    const lines = wrap(marked(hit.snippet), width - 8).map((line) => emphasised(line, style));
    return `${style.cyan(String(hit.id).padStart(6))}  ${lines.join("\n        ")}\n        ${
      whence(hit, style)
    }`;
  });
  const said = notes.map((note) => style.yellow(printable(note)));
  return [...said, ...blocks].join("\n");
}

/** Safe to show, each word that fits between marks of its own, since lines break between words. */
function marked(snippet: string): string {
  return snippet.replace(/\s+/g, " ").replaceAll(marks[1], marks[0]).split(marks[0]).map((part, i) =>
    i % 2 === 0
      ? printable(part)
      : printable(part).split(" ").map((word) => `${marks[0]}${word}${marks[1]}`).join(" ")
  ).join("");
}

const emphasised = (line: string, style: Style) =>
  line.replaceAll(marks[1], marks[0]).split(marks[0]).map((part, i) => i % 2 === 0 ? part : style.bold(part))
    .join("");

function whence(hit: Hit, style: Style): string {
  const { of, branch, project, sessionName, session, author, tags, time, replacedBy } = hit;
  const other = of === "other branch" || of === "other project";
  const parts = [
    `${age(time)} ago`,
    of === "other project" ? `project ${shortPath(project)}` : "",
    branch === null ? "" : `${of === "other branch" ? "other branch" : "branch"} ${branch}`,
    sessionName ?? session?.slice(0, 8) ?? author,
    tags.map((tag) => `#${tag}`).join(" "),
    replacedBy === null ? "" : `replaced by ${replacedBy}`,
  ].filter(Boolean).map(printable);
  return (other || replacedBy !== null ? style.yellow : style.dim)(parts.join(" · "));
}

const listed: readonly Column[] = [
  { title: "ID", align: "right" },
  { title: "AGE", from: 50, align: "right" },
  { title: "BRANCH", shrink: true },
  { title: "BY", shrink: true },
  { title: "TAGS", shrink: true },
  { title: "TEXT", shrink: true },
];

/** A line each; the project too where there are several. */
export function renderMemories(memories: readonly Memory[], style: Style, columns: number): string {
  const several = new Set(memories.map(({ project }) => project)).size > 1;
  const rows = memories.map((memory): Cell[] => {
    const { id, time, branch, sessionName, author, tags, text, project, replacedBy } = memory;
    const line = text.replace(/\s+/g, " ").slice(0, 300);
    const old = replacedBy !== null;
    return [
      { text: String(id), paint: style.cyan },
      age(time),
      ...several ? [shortPath(project)] : [],
      branch ?? "",
      sessionName ?? author,
      tags.join(" "),
      old ? { text: `(replaced by ${replacedBy}) ${line}`, paint: style.dim } : line,
    ];
  });
  const titles = several ? listed.toSpliced(2, 0, { title: "PROJECT", shrink: true }) : listed;
  return renderTable(titles, rows, columns, style.dim);
}

/** One memory whole. */
export function renderMemory(memory: Memory, style: Style): string {
  const { id, text, tags, project, branch, session, sessionName, author, source, time, replacedBy } = memory;
  const local = new Date(time).toLocaleString("sv-SE", { dateStyle: "short", timeStyle: "short" });
  const rows: [string, string | null][] = [
    ["project", shortPath(project)],
    ["branch", branch],
    ["saved", `${age(time)} ago (${local})`],
    ["by", `${author} (${source})`],
    ["session", session && (sessionName === null ? session : `${sessionName}, ${session}`)],
    ["tags", tags.join(" ") || null],
    ["replaced by", replacedBy === null ? null : String(replacedBy)],
  ];
  const shown = rows.filter((row): row is [string, string] => row[1] !== null);
  return [
    `${style.bold(`memory ${id}`)}${replacedBy === null ? "" : style.yellow("  (replaced)")}`,
    ...shown.map(([label, value]) => `  ${style.dim(label.padEnd(12))}  ${printable(value)}`),
    "",
    printableLines(text),
  ].join("\n");
}
