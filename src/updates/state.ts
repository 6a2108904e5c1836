import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { replaceFile } from "../store/replace_file.ts";
import type { Occupant } from "./occupants.ts";

/** A version that is staged and not yet switched to. */
export interface Waiting {
  version: string;
  /** ISO 8601: since when it could have been switched to. */
  since: string;
  /** Who was in the way when it was last tried; nobody where it was not tried yet. */
  for: Occupant[];
}

/** A version that is not switched to by itself, until a newer one than it is out. */
export interface Held {
  version: string;
  /** For people, e.g. `rolled back by dev`. */
  reason: string;
  since: string;
}

/** What is remembered of updates, beside the versions. */
export interface UpdateState {
  /** What `current` was before the last switch: it is kept, and what a roll back goes to. */
  previous?: string;
  held: Held[];
  /** The last question to the registry and its answer, or why there was none. */
  checked?: { at: string; wanted: string; available?: string; problem?: string };
}

/**
 * There while a version waits, and while one is switched to. A start that does not see it, after it has shown itself,
 * needs not care about updates (`hold.ts`).
 */
export const waitingFile = (root: string): string => join(root, "waiting.json");
const stateFile = (root: string) => join(root, "state.json");

/** The version that waits to be switched to, if one does. */
export function readWaiting(root: string): Waiting | undefined {
  const found = read(waitingFile(root));
  if (typeof found?.version !== "string" || typeof found.since !== "string") return undefined;
  return { version: found.version, since: found.since, for: Array.isArray(found.for) ? found.for : [] };
}

/** From now on this version waits. */
export function writeWaiting(root: string, waiting: Waiting): void {
  write(waitingFile(root), waiting);
}

/** From now on none does. */
export function clearWaiting(root: string): void {
  rmSync(waitingFile(root), { force: true });
}

/** What cannot be read counts as never written: nothing but comfort rests on it. */
export function readState(root: string): UpdateState {
  const { previous, held, checked } = read(stateFile(root)) ?? {};
  return {
    ...(typeof previous === "string" ? { previous } : {}),
    held: Array.isArray(held) ? held : [],
    ...(typeof checked === "object" && checked !== null ? { checked } : {}),
  } as UpdateState;
}

/** Keeps all else that is written there. */
export function changeState(root: string, change: Partial<UpdateState>): void {
  write(stateFile(root), { ...readState(root), ...change });
}

/** Both files, for who takes a whole installation away. */
export function forgetUpdates(root: string): void {
  clearWaiting(root);
  for (const name of ["state.json", "last-update.json", ".switching", ".updating", "log"]) {
    rmSync(join(root, name), { recursive: true, force: true });
  }
}

function read(path: string): Record<string, unknown> | undefined {
  try {
    return Object(JSON.parse(readFileSync(path, "utf8")));
  } catch {
    return undefined;
  }
}

function write(path: string, value: object): void {
  replaceFile(path, JSON.stringify(value, null, 2) + "\n", { mode: 0o644 });
}
