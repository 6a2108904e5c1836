import { existsSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { errno } from "../errors.ts";
import { partsOf, underLock } from "./log_rotation.ts";

/** How far somebody has read: the first line of a file tells which one it was, wherever it has been moved since. */
export interface Bookmark {
  head: string;
  /** Bytes of that file. */
  offset: number;
}

export interface Reading {
  /** Whole lines, oldest first. */
  lines: string[];
  /** Undefined while there is no log. */
  bookmark: Bookmark | undefined;
}

/** All lines of the log and its older parts, or those after a bookmark. Each comes once, however often it was rotated. */
export function readLog(file: string, after?: Bookmark): Reading {
  // The lock would make directories where nothing was ever installed.
  if (!existsSync(dirname(file))) return { lines: [], bookmark: after };
  return underLock(file, () => {
    const found: Buffer[] = [];
    for (const load of [() => contentOf(file), ...older(file)]) {
      const content = load();
      if (content.length === 0) continue;
      if (after !== undefined && headOf(content) === after.head) {
        found.unshift(content.subarray(after.offset));
        return reading(found, found.length === 1 ? after : undefined);
      }
      found.unshift(content);
    }
    return reading(found, undefined);
  });

  function reading(found: Buffer[], before: Bookmark | undefined): Reading {
    const last = found.at(-1);
    if (last === undefined) return { lines: [], bookmark: after };
    // What has no end yet is read the next time.
    const whole = last.lastIndexOf(0x0a) + 1;
    const bookmark = before
      ? { ...before, offset: before.offset + whole }
      : { head: headOf(last), offset: whole };
    const texts = [...found.slice(0, -1), last.subarray(0, whole)].map((bytes) => bytes.toString("utf8"));
    const lines = texts.flatMap((text) => text.split("\n")).filter((line) => line !== "");
    return { lines, bookmark };
  }
}

const older = (file: string) =>
  partsOf(file).map(({ path, compressed }) => () => compressed ? unpacked(path) : contentOf(path));

function unpacked(path: string): Buffer {
  try {
    return process.getBuiltinModule("node:zlib").gunzipSync(contentOf(path));
  } catch (error) {
    return Buffer.from(`${path} cannot be unpacked: ${error instanceof Error ? error.message : error}\n`);
  }
}

function headOf(content: Buffer): string {
  const end = content.indexOf(0x0a);
  return content.toString("utf8", 0, end < 0 ? content.length : end);
}

function contentOf(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    if (errno(error) === "ENOENT") return Buffer.alloc(0);
    throw error;
  }
}
