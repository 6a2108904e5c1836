import type { Database } from "../store/database.ts";
import type { Memory } from "./memory.ts";
import { enqueue } from "./outbox.ts";
import { columns, memoryOf, type Row, tables } from "./rows.ts";
import { byId, noMemory } from "./save.ts";

const chain = `
  WITH RECURSIVE
    later (id) AS (SELECT ? UNION SELECT replaced_by FROM memories m JOIN later USING (id) WHERE replaced_by IS NOT NULL),
    all_of (id) AS (SELECT id FROM later JOIN memories USING (id) WHERE replaced_by IS NULL
      UNION SELECT m.id FROM memories m JOIN all_of a ON m.replaced_by = a.id)
  SELECT ${columns} FROM ${tables} WHERE m.id IN all_of ORDER BY m.saved_at, m.id`;

/**
 * All forms that a memory had and has, the oldest first.
 * @throws Failure when there is none of that number
 */
export function history(database: Database, id: number): Memory[] {
  const rows = database.all<Row>(chain, id);
  if (rows.length === 0) throw noMemory(id);
  return rows.map(memoryOf);
}

/**
 * Forgets a memory and all it took the place of, for good: only backups still have it, until they are rotated away. One
 * that was replaced goes alone.
 * @returns what was forgotten
 * @throws Failure when there is none of that number
 */
export function forget(database: Database, id: number): Memory[] {
  return database.write(() => {
    const memory = byId(database, id);
    if (memory === undefined) throw noMemory(id);
    const gone = memory.replacedBy === null ? history(database, id) : [memory];
    for (const { id } of gone) database.run("DELETE FROM memories WHERE id = ?", id);
    // Those that it had replaced go on being history of what came after it.
    if (memory.replacedBy !== null) {
      database.run("UPDATE memories SET replaced_by = ? WHERE replaced_by = ?", memory.replacedBy, id);
    }
    enqueue(database, { kind: "forgotten", ids: gone.map(({ id }) => id), project: memory.project });
    return gone;
  });
}
