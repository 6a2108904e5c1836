import type { SQLInputValue } from "node:sqlite";
import type { Database } from "../store/database.ts";
import type { Filter, Memory } from "./memory.ts";
import { tagsOf } from "./tags.ts";

/** A memory as the database has it. */
export interface Row {
  id: number;
  path: string;
  branch: string | null;
  session: string | null;
  session_name: string | null;
  author: string;
  source: string;
  saved_at: number;
  replaced_by: number | null;
  tags: string;
  text: string;
}

export const columns =
  "m.id, p.path, m.branch, m.session, m.session_name, m.author, m.source, m.saved_at, m.replaced_by, m.tags, m.text";
export const tables = "memories m JOIN memory_projects p ON p.number = m.project";

export function memoryOf(row: Row): Memory {
  return {
    id: row.id,
    text: row.text,
    tags: row.tags === "" ? [] : row.tags.split(" "),
    project: row.path,
    branch: row.branch,
    session: row.session,
    sessionName: row.session_name,
    author: row.author,
    source: row.source,
    time: new Date(row.saved_at).toISOString(),
    replacedBy: row.replaced_by,
  };
}

/** The memories of these numbers that are there. */
export function byIds(database: Database, ids: readonly number[]): Map<number, Memory> {
  const rows = database.all<Row>(
    `SELECT ${columns} FROM ${tables} WHERE m.id IN (SELECT value FROM json_each(?))`,
    JSON.stringify(ids),
  );
  return new Map(rows.map((row) => [row.id, memoryOf(row)]));
}

/** A condition in SQL and the values in it. */
export interface Condition {
  sql: string;
  values: SQLInputValue[];
}

/** The condition on `m` that a filter makes. */
export function conditionOf(filter: Filter): Condition {
  const parts: string[] = [];
  const values: SQLInputValue[] = [];
  const add = (sql: string, ...given: SQLInputValue[]) => {
    parts.push(sql);
    values.push(...given);
  };
  if (!filter.replaced) add("m.replaced_by IS NULL");
  if (filter.project !== undefined) {
    const path = filter.project === "/" ? "/" : filter.project.replace(/\/+$/, "");
    const end = `/${path}`;
    if (path.startsWith("/")) add("m.project = (SELECT number FROM memory_projects WHERE path = ?)", path);
    else {add(
        "m.project IN (SELECT number FROM memory_projects WHERE path = ? OR substr(path, -length(?)) = ?)",
        path,
        end,
        end,
      );}
  }
  if (filter.branch !== undefined) add("m.branch = ?", filter.branch);
  if (filter.author !== undefined) add("m.author = ?", filter.author);
  if (filter.session !== undefined) {
    add(
      "(m.session_name = ? OR substr(m.session, 1, length(?)) = ?)",
      filter.session,
      filter.session,
      filter.session,
    );
  }
  for (const tag of tagsOf(filter.tags ?? [])) add("instr(' ' || m.tags || ' ', ?) > 0", ` ${tag} `);
  if (filter.since !== undefined) add("m.saved_at >= ?", filter.since);
  if (filter.before !== undefined) add("m.saved_at < ?", filter.before);
  return { sql: parts.length === 0 ? "1" : parts.join(" AND "), values };
}
