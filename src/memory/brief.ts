import type { Database } from "../store/database.ts";
import type { Memory } from "./memory.ts";
import type { View } from "./rank.ts";
import { columns, memoryOf, type Row, tables } from "./rows.ts";
import { relation } from "./hit.ts";

/** Memories that may be looked at for a brief. */
const most = 200;
/** Characters that one memory may take of it. */
const longest = 400;

/** Tags of what holds for longer than the work of a day. */
const lasting = ["decision", "rule", "convention", "gotcha", "important"];

/**
 * What a session that starts should know: lasting memories of its own branch and of no branch, then the others of these,
 * then those of other branches, each with where it comes from and the newest first, within `budget` characters. Empty when
 * nothing is known.
 */
export function brief(database: Database, view: View, budget: number): string {
  const memories = database.all<Row>(
    `SELECT ${columns} FROM ${tables} WHERE p.path = ? AND m.replaced_by IS NULL ORDER BY m.saved_at DESC, m.id DESC LIMIT ?`,
    view.project,
    most,
  ).map(memoryOf);
  if (memories.length === 0) return "";
  const head = "Remembered by sessions of this project (search the memory for more):";
  const lines = [head];
  let size = head.length;
  const order = memories.map((memory, age) => ({ memory, age, weight: weightOf(memory, view) }))
    .sort((a, b) => b.weight - a.weight || a.age - b.age);
  for (const { memory } of order) {
    const line = lineOf(memory, view);
    if (size + 1 + line.length > budget) break;
    lines.push(line);
    size += 1 + line.length;
  }
  return lines.length === 1 ? "" : lines.join("\n");
}

function weightOf(memory: Memory, view: View): number {
  const own = { branch: 3, project: 2, "other branch": -1, "other project": -1 }[relation(memory, view)];
  return own + (memory.tags.some((tag) => lasting.includes(tag)) ? 2 : 0);
}

function lineOf(memory: Memory, view: View): string {
  const { id, text, branch, time, tags } = memory;
  const other = relation(memory, view) === "other branch";
  const where = other ? `OTHER BRANCH ${branch}, may not hold here, ` : branch === null ? "" : `${branch}, `;
  const short = text.replace(/\s+/g, " ");
  const shown = short.length > longest ? `${short.slice(0, longest - 1).toWellFormed()}…` : short;
  return `- [${id}] (${where}${time.slice(0, 10)}${tags.length > 0 ? `, ${tags.join(" ")}` : ""}) ${shown}`;
}
