import type { Database } from "../store/database.ts";
import type { Filter, Memory } from "./memory.ts";
import { columns, conditionOf, memoryOf, type Row, tables } from "./rows.ts";

/** Newest first. */
export function list(database: Database, filter: Filter, limit: number): Memory[] {
  const { sql, values } = conditionOf(filter);
  return database.all<Row>(
    `SELECT ${columns} FROM ${tables} WHERE ${sql} ORDER BY m.saved_at DESC, m.id DESC LIMIT ?`,
    ...values,
    limit,
  ).map(memoryOf);
}

/** How many there are. */
export function count(database: Database, filter: Filter): number {
  const { sql, values } = conditionOf(filter);
  return database.get<{ count: number }>(`SELECT count(*) count FROM memories m WHERE ${sql}`, ...values)!
    .count;
}
