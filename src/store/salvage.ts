import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import { openExisting } from "./open.ts";

/** What could be read of a damaged database, by table. */
export interface Salvaged {
  [table: string]: {
    /** Rows that are in the new one now. */
    rows: number;
    /** Whether all of it could be read: then nothing else is in the new one. */
    complete: boolean;
  };
}

/**
 * Takes over what can still be read of a damaged database, which is newer than the backup that `into` was made from. A
 * table that can be read to its end replaces the backup's; of any other the rows that can be read are added.
 * @param into a whole database with the schema of this program, which nobody else uses
 */
export function salvage(damaged: string, into: DatabaseSync): Salvaged {
  const found: Salvaged = {};
  let from: DatabaseSync | undefined;
  try {
    from = openExisting(damaged);
    for (const table of ordinaryTables(into)) found[table] = salvageTable(from, into, table);
  } catch {
    // Not even the list of its tables can be read.
  } finally {
    from?.close();
  }
  return found;
}

/** Tables with rows of their own: those that belong to an index are made from these. */
function ordinaryTables(sqlite: DatabaseSync): string[] {
  return sqlite.prepare("SELECT name FROM pragma_table_list WHERE type = 'table' AND schema = 'main'").all()
    .map(({ name }) => String(name)).filter((name) => !name.startsWith("sqlite_"));
}

function salvageTable(from: DatabaseSync, into: DatabaseSync, table: string): Salvaged[string] {
  try {
    const known = columnsOf(from, table);
    const columns = columnsOf(into, table).filter((column) => known.includes(column));
    const { rows, complete } = readRows(from, table, columns);
    into.exec("BEGIN");
    if (complete) into.exec(`DELETE FROM ${table}`);
    const insert = into.prepare(
      `INSERT OR REPLACE INTO ${table} (${columns.join(", ")}) VALUES (${columns.map(() => "?").join(", ")})`,
    );
    for (const row of rows) insert.run(...columns.map((column) => row[column]!));
    into.exec("COMMIT");
    return { rows: rows.length, complete };
  } catch {
    if (into.isTransaction) into.exec("ROLLBACK");
    return { rows: 0, complete: false };
  }
}

function columnsOf(sqlite: DatabaseSync, table: string): string[] {
  return sqlite.prepare("SELECT name FROM pragma_table_info(?)").all(table).map(({ name }) => String(name));
}

type Row = Record<string, SQLInputValue>;

/** Around a damaged page the numbers are tried in ever smaller steps, until only rows that cannot be read are left out. */
function readRows(sqlite: DatabaseSync, table: string, columns: readonly string[]) {
  const select = sqlite.prepare(`SELECT ${columns.join(", ")} FROM ${table} WHERE rowid > ? AND rowid <= ?`);
  const rows: Row[] = [];
  const last = lastNumber(sqlite, table);
  let complete = last !== undefined;
  const read = (after: number, to: number): void => {
    try {
      rows.push(...select.all(after, to) as Row[]);
    } catch {
      complete = false;
      if (to - after === 1) return;
      const middle = after + Math.floor((to - after) / 2);
      read(after, middle);
      read(middle, to);
    }
  };
  const step = 1024;
  for (let after = 0; after < (last ?? guess); after += step) read(after, after + step);
  return { rows, complete };
}

/** Where not even the last number can be read. */
const guess = 1 << 20;

function lastNumber(sqlite: DatabaseSync, table: string): number | undefined {
  const ways = [
    `SELECT max(rowid) last FROM ${table}`,
    `SELECT seq last FROM sqlite_sequence WHERE name = '${table}'`,
  ];
  for (const sql of ways) {
    try {
      return Number((sqlite.prepare(sql).get() as { last: number | null } | undefined)?.last ?? 0);
    } catch {
      // The other way.
    }
  }
  return undefined;
}
