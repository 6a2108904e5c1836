import {
  lstatSync,
  mkdirSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmdirSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { errno } from "../errors.ts";
import { replaceFile } from "../store/replace_file.ts";
import { type ClaudeConfig, type Decision, isOpen, put, readConfig } from "./decisions.ts";

/**
 * What all sessions of a user have in common, as links in a config dir. Claude Code reads these through a link, and
 * writes settings.json through it, but follows one hop only (issue 78162, 2.1.329). Never here: `.credentials.json`,
 * whose link any write replaces by a private file (issue 76561), `.claude.json`, `projects`, `history.jsonl`.
 */
export const sharedDirectories = ["skills", "agents", "commands"] as const;
export const sharedFiles = ["CLAUDE.md", "settings.json"] as const;

/** Links the shared resources of `shared` into a config dir, each by one absolute hop; right ones are left alone. */
export function linkShared(configDir: string, shared: string): void {
  for (const name of sharedDirectories) link(`${configDir}/${name}`, directory(`${shared}/${name}`));
  // A file that is not there yet gets a link too: Claude Code then makes it where all sessions see it.
  for (const name of sharedFiles) {
    link(`${configDir}/${name}`, whole(`${shared}/${name}`) ?? `${shared}/${name}`);
  }
}

function link(path: string, target: string): void {
  try {
    symlinkSync(target, path);
  } catch (error) {
    if (errno(error) !== "EEXIST") throw error;
    // What is no link was put there by somebody, so it stays; a link elsewhere is of an older layout.
    if (!lstatSync(path).isSymbolicLink() || readlinkSync(path) === target) return;
    replaceLink(path, target);
  }
}

function replaceLink(path: string, target: string): void {
  const next = `${path}.${process.pid}`;
  symlinkSync(target, next);
  renameSync(next, path);
}

/** Where a path leads in the end, so that a link to it is the only hop; undefined when it leads nowhere. */
function whole(path: string): string | undefined {
  try {
    return realpathSync.native(path);
  } catch (error) {
    if (errno(error) === "ENOENT") return undefined;
    throw error;
  }
}

function directory(path: string): string {
  const found = whole(path);
  if (found !== undefined) return found;
  mkdirSync(path, { mode: 0o700, recursive: true });
  return path;
}

const text = (config: ClaudeConfig) => JSON.stringify(config, null, 2) + "\n";

/**
 * The `.claude.json` of a new config dir: spares the user theme, login and banner of a first start, and repeats what
 * this user has decided before. Nothing else that grants trust goes in. Seen on 2.1.329.
 */
export function seedConfig(configDir: string, given: readonly Decision[]): void {
  const seed: ClaudeConfig = { hasCompletedOnboarding: true, hasSeenAutoDefaultNotice: true, projects: {} };
  for (const decision of given) put(seed, decision);
  writeFileSync(`${configDir}/.claude.json`, text(seed), { mode: 0o600, flag: "wx" });
}

/**
 * Adds what a `.claude.json` has not, in a config dir in which nobody works; what it has stays. Not where it cannot be
 * read, and not while a background process of that session writes it: then the next time.
 */
export function addToConfig(configDir: string, given: readonly Decision[]): void {
  const path = `${configDir}/.claude.json`;
  const missing = ({ config }: { config: ClaudeConfig }) =>
    given.filter((decision) => isOpen(config, decision));
  const before = readConfig(path);
  if (before === undefined) return seedConfig(configDir, given);
  if ("unreadable" in before || missing(before).length === 0) return;
  try {
    // Claude Code's own lock; it takes over one that is ten seconds old (2.1.329).
    mkdirSync(`${path}.lock`);
  } catch (error) {
    if (errno(error) === "EEXIST") return;
    throw error;
  }
  try {
    const now = readConfig(path);
    if (now === undefined || "unreadable" in now) return;
    for (const decision of missing(now)) put(now.config, decision);
    replaceFile(path, text(now.config), { mode: 0o600 });
  } finally {
    rmdirSync(`${path}.lock`);
  }
}
