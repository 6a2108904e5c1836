import type { Database } from "../store/database.ts";
import type { Memory } from "./memory.ts";

/** Words that are shown of a long text. */
const longest = 40;

/**
 * The part of each memory that the expression which found it fits, with those words between the marks; the text's begin
 * where only a tag or the meaning does.
 */
export function snippetsOf(
  database: Database,
  memories: ReadonlyMap<number, Memory>,
  found: ReadonlyMap<number, string>,
  [begin, end]: readonly [string, string],
): Map<number, string> {
  const snippets = new Map([...memories].map(([id, { text }]) => [id, beginOf(text)]));
  const ids = [...memories.keys()];
  for (const expression of new Set(ids.map((id) => found.get(id)))) {
    if (expression === undefined) continue;
    // The + makes it one walk through the matches; to look each row up costs three times as much.
    const rows = database.all<{ id: number; snippet: string }>(
      `SELECT rowid id, snippet(memory_text, 0, ?, ?, '…', ${longest}) snippet FROM memory_text
        WHERE memory_text MATCH ? AND +rowid IN (SELECT value FROM json_each(?))`,
      begin,
      end,
      expression,
      JSON.stringify(ids.filter((id) => found.get(id) === expression)),
    );
    for (const { id, snippet } of rows) if (snippet.includes(begin)) snippets.set(id, snippet);
  }
  return snippets;
}

function beginOf(text: string): string {
  // More than so many words have.
  const words = text.slice(0, 1000).split(/(?<=\s)/);
  return words.length > longest ? `${words.slice(0, longest).join("").trimEnd()}…` : text.slice(0, 1000);
}
