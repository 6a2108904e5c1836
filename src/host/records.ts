import { readdirSync, readFileSync } from "node:fs";
import { errno } from "../errors.ts";
import { replaceFile } from "../store/replace_file.ts";
import { SYSTEM } from "./layout.ts";
import { ROOT } from "./owner.ts";
import { usersOfRule } from "./sudoers.ts";

/** What root remembers of a managed user: the wishes it was installed with, and what has to be undone one day. */
export interface UserRecord {
  format: 1;
  user: string;
  /** The account was made by install, so that a purge may take it away. */
  created: boolean;
  /** The Claude Code asked for: a version, a channel, `none`, or `any` where the updater decides. */
  claude: string;
  /** `claude-shell` was chosen as this user's login shell. */
  loginShell?: boolean;
  /** The login shell before that: the real one behind it, and what uninstall gives back. */
  previousShell?: string;
  /** Sessions only read the shared skills, agents and commands; undefined: as nothing else was asked for, they do. */
  sharedReadOnly?: boolean;
}

/** Whether this user's sessions may only read what they share. */
export function isReadOnly({ sharedReadOnly }: Pick<UserRecord, "sharedReadOnly">): boolean {
  return sharedReadOnly ?? true;
}

export const RECORDS = "/etc/claude-ops/users";

/** Where root remembers this user. */
export function recordPath(user: string): string {
  return `${RECORDS}/${user}.json`;
}

/** As it stands in the file. */
export function recordText(record: UserRecord): string {
  return JSON.stringify(record, null, 2) + "\n";
}

/** Undefined where there is none, or none that can be read. */
export function readRecord(user: string): UserRecord | undefined {
  let text: string;
  try {
    text = readFileSync(recordPath(user), "utf8");
  } catch (error) {
    if (["ENOENT", "ENOTDIR", "EISDIR", "EACCES"].includes(errno(error) ?? "")) return undefined;
    throw error;
  }
  try {
    const read = JSON.parse(text) as Partial<UserRecord>;
    if (read.format !== 1 || read.user !== user || typeof read.claude !== "string") return undefined;
    const { loginShell, previousShell, sharedReadOnly } = read;
    return {
      format: 1,
      user,
      created: read.created === true,
      claude: read.claude,
      ...(typeof loginShell === "boolean" ? { loginShell } : {}),
      ...(typeof previousShell === "string" ? { previousShell } : {}),
      ...(typeof sharedReadOnly === "boolean" ? { sharedReadOnly } : {}),
    };
  } catch {
    return undefined;
  }
}

/** The managed users of this host, by name: those with a record, and those whose record was lost but not their sudo rule. */
export function managedUsers(directory: string = RECORDS, rule: string = SYSTEM.sudoers): string[] {
  const recorded = namesIn(directory).filter((name) => /^[a-z_][a-z0-9_-]*\.json$/.test(name));
  return [...new Set([...recorded.map((name) => name.slice(0, -5)), ...usersOfRule(rule)])].sort();
}

/** One for each managed user. A lost one claims nothing: not that the account is ours, not that a version was asked for. */
export function allRecords(): UserRecord[] {
  return managedUsers().map((user) => readRecord(user) ?? { format: 1, user, created: false, claude: "any" });
}

/** The version that install was asked for, or `none`; undefined where the updater decides. */
export function wishOfInstall(): string | undefined {
  return allRecords().map(({ claude }) => claude).find((claude) => /^\d|^none$/.test(claude));
}

/** From now on, those who were installed with a certain version have this one. */
export function repin(version: string): void {
  for (const record of allRecords()) {
    if (!/^\d/.test(record.claude)) continue;
    replaceFile(recordPath(record.user), recordText({ ...record, claude: version }), {
      mode: 0o644,
      owner: ROOT,
    });
  }
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    if (errno(error) === "ENOENT") return [];
    throw error;
  }
}
