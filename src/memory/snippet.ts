import type { Database } from "../store/database.ts";
import type { Memory } from "./memory.ts";

/** Words that are shown of a long text. */
const longest = 40;

/** The part of a memory that an expression found, what fits between the marks; the text's begin where only a tag does. */
export function markedText(
  database: Database,
  { id, text }: Memory,
  expressions: readonly string[],
  [begin, end]: readonly [string, string],
): string {
  for (const expression of expressions) {
    // An integer: a real number would make FTS5 walk through all matches.
    const row = database.get<{ snippet: string }>(
      `SELECT snippet(memory_text, 0, ?, ?, '…', ${longest}) snippet FROM memory_text WHERE memory_text MATCH ? AND rowid = ?`,
      begin,
      end,
      expression,
      BigInt(id),
    );
    if (row !== undefined && row.snippet.includes(begin)) return row.snippet;
  }
  const words = text.split(/(?<=\s)/);
  return words.length > longest ? `${words.slice(0, longest).join("").trimEnd()}…` : text;
}
