import type { Database } from "../store/database.ts";
import { type Condition, fits } from "./condition.ts";
import { checkWord, toJson } from "./words.ts";

/** A value that sessions share, by scope (`project:shop`) and key. */
export interface Entry {
  scope: string;
  key: string;
  /** Any JSON value; missing once it was deleted. */
  value?: unknown;
  /** Grows with each change of anything, and never comes back. */
  version: number;
  /** Name of the session or process that changed it last. */
  by: string;
  /** ISO 8601. */
  at: string;
}

interface Row {
  scope: string;
  key: string;
  value: string | null;
  version: number;
  changed_by: string;
  changed_at: string;
}

const entry = ({ scope, key, value, version, changed_by: by, changed_at: at }: Row): Entry => ({
  scope,
  key,
  ...(value === null ? {} : { value: JSON.parse(value) }),
  version,
  by,
  at,
});

export type Changed = { changed: true; version: number } | { changed: false; current: Entry | undefined };

/** The entry, or undefined when there is none (any more). */
export function getState(db: Database, scope: string, key: string): Entry | undefined {
  const row = find(db, scope, key);
  return row === undefined || row.value === null ? undefined : entry(row);
}

function find(db: Database, scope: string, key: string): Row | undefined {
  return db.get<Row>("SELECT * FROM state WHERE scope = ? AND key = ?", scope, key);
}

/** Sets a value, where a condition is given only if that holds. Of several who compare with the same version one wins. */
export function setState(
  db: Database,
  { scope, key, value }: { scope: string; key: string; value: unknown },
  by: string,
  condition: Condition = {},
): Changed {
  checkWord("scope", scope);
  checkWord("key", key);
  return change(db, { scope, key, json: toJson(value) }, by, condition);
}

/** Deletes a value. Not changed without a `current`: there was none. */
export function deleteState(
  db: Database,
  { scope, key }: { scope: string; key: string },
  by: string,
  condition: Condition = {},
): Changed {
  if (getState(db, scope, key) === undefined) return { changed: false, current: undefined };
  return change(db, { scope, key, json: null }, by, condition);
}

/** Deletes all values of a scope; how many there were. */
export function deleteScope(db: Database, scope: string, by: string): number {
  return db.write(() =>
    entriesOf(db, scope).filter(({ key }) => deleteState(db, { scope, key }, by).changed).length
  );
}

function change(
  db: Database,
  { scope, key, json }: { scope: string; key: string; json: string | null },
  by: string,
  condition: Condition,
): Changed {
  return db.write(() => {
    const there = getState(db, scope, key);
    if (!fits(there, condition) || (json === null && there === undefined)) {
      return { changed: false, current: there };
    }
    const now = new Date();
    const { lastInsertRowid: version } = db.run(
      "INSERT OR REPLACE INTO state (scope, key, value, changed_by, changed_at) VALUES (?, ?, ?, ?, ?)",
      scope,
      key,
      json,
      by,
      now.toISOString(),
    );
    // What was deleted stays for a while as a mark, so that those who watch learn of it.
    const dayAgo = new Date(now.getTime() - 86_400_000).toISOString();
    if (json === null) db.run("DELETE FROM state WHERE value IS NULL AND changed_at < ?", dayAgo);
    return { changed: true, version };
  });
}

/** All entries of a scope, by key. */
export function entriesOf(db: Database, scope: string): Entry[] {
  return db.all<Row>("SELECT * FROM state WHERE scope = ? AND value IS NOT NULL ORDER BY key", scope).map(
    entry,
  );
}

/** What changed in a scope behind a version, in that order: up to a thousand, deleted ones too. */
export function changesAfter(db: Database, scope: string, version: number, key?: string): Entry[] {
  return db.all<Row>(
    "SELECT * FROM state WHERE scope = ? AND version > ? AND (? IS NULL OR key = ?) ORDER BY version LIMIT 1000",
    scope,
    version,
    key ?? null,
    key ?? null,
  ).map(entry);
}

/** All entries of a key, whatever their scope, the last changed first. */
export function entriesOfKey(db: Database, key: string): Entry[] {
  return db.all<Row>("SELECT * FROM state WHERE key = ? AND value IS NOT NULL ORDER BY version DESC", key)
    .map(
      entry,
    );
}

/** The scopes in which there is something, by a pattern of `*` and `?`, in order. */
export function scopes(db: Database, glob = "*"): string[] {
  return db.all<{ scope: string }>(
    "SELECT DISTINCT scope FROM state WHERE scope GLOB ? AND value IS NOT NULL ORDER BY scope",
    glob,
  ).map(({ scope }) => scope);
}
