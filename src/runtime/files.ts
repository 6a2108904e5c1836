import {
  accessSync,
  closeSync,
  constants,
  fstatSync,
  openSync,
  readdirSync,
  readSync,
  unlinkSync,
} from "node:fs";
import { errno } from "../errors.ts";

/** Why a file is not read: a sentence for people. */
export interface Unreadable {
  unreadable: string;
}

const { O_NOFOLLOW, O_NONBLOCK, O_RDONLY, X_OK } = constants;
let buffer: Uint8Array | undefined;

/**
 * The text of a regular file of this user, or of the one with this number, of at most `largest` bytes, undefined when there is none. Follows no link,
 * does not wait for a pipe and does not throw.
 */
export function readOwnFile(
  path: string,
  largest: number,
  owner: number = process.getuid!(),
): string | undefined | Unreadable {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    const facts = fstatSync(descriptor);
    if (!facts.isFile()) return { unreadable: "not a regular file" };
    if (facts.uid !== owner) return { unreadable: `belongs to user ${facts.uid}` };
    if (facts.size > largest) return { unreadable: `${facts.size} bytes, too large` };
    if (buffer === undefined || buffer.length < facts.size) {
      buffer = new Uint8Array(Math.max(facts.size, 16384));
    }
    return new TextDecoder().decode(buffer.subarray(0, readSync(descriptor, buffer, 0, facts.size, 0)));
  } catch (error) {
    const code = errno(error);
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    return { unreadable: code === "ELOOP" ? "a symbolic link" : code ?? String(error) };
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

/** Removes a file or link, if it is there. At half the cost of rmSync (Bun 1.4.5), which each start would feel. */
export function removeFile(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (errno(error) !== "ENOENT") throw error;
  }
}

/** The names in a directory; none where it is not there or cannot be read. */
export function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

/** Whether we may execute a file, or enter a directory. */
export function isExecutable(path: string): boolean {
  try {
    accessSync(path, X_OK);
    return true;
  } catch {
    return false;
  }
}
