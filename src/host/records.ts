import { readdirSync, readFileSync } from "node:fs";
import { errno } from "../errors.ts";

/** What root remembers of a managed user: the wishes it was installed with, and what has to be undone one day. */
export interface UserRecord {
  format: 1;
  user: string;
  /** The account was made by install, so that a purge may take it away. */
  created: boolean;
  /** The Claude Code asked for: a version, a channel, `none`, or `any` where the updater decides. */
  claude: string;
}

export const RECORDS = "/etc/claude-ops/users";

export function recordPath(user: string, directory: string = RECORDS): string {
  return `${directory}/${user}.json`;
}

export function writeRecord(record: UserRecord): string {
  return JSON.stringify(record, null, 2) + "\n";
}

/** Undefined where there is none, or none that can be read. */
export function readRecord(user: string, directory: string = RECORDS): UserRecord | undefined {
  let text: string;
  try {
    text = readFileSync(recordPath(user, directory), "utf8");
  } catch (error) {
    if (errno(error) === "ENOENT" || errno(error) === "ENOTDIR") return undefined;
    throw error;
  }
  try {
    const read = JSON.parse(text) as Partial<UserRecord>;
    if (read.format !== 1 || read.user !== user || typeof read.claude !== "string") return undefined;
    return { format: 1, user, created: read.created === true, claude: read.claude };
  } catch {
    return undefined;
  }
}

/** The managed users of this host, by name. */
export function managedUsers(directory: string = RECORDS): string[] {
  try {
    return readdirSync(directory).filter((name) => /^[a-z_][a-z0-9_-]*\.json$/.test(name)).map((name) =>
      name.slice(0, -5)
    )
      .sort();
  } catch (error) {
    if (errno(error) === "ENOENT") return [];
    throw error;
  }
}

/** The records that can be read. */
export function allRecords(directory: string = RECORDS): UserRecord[] {
  return managedUsers(directory).flatMap((user) => readRecord(user, directory) ?? []);
}
