import { DatabaseSync } from "node:sqlite";

/** Opens a database that is there; SQLite makes none, since a file that was just moved away must not come back empty. */
export function openExisting(path: string): DatabaseSync {
  return new DatabaseSync(`file:${path.split("/").map(encodeURIComponent).join("/")}?mode=rw`);
}
