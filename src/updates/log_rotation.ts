import {
  closeSync,
  constants,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  unlinkSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { errno } from "../errors.ts";
import { exclusively } from "../runtime/lock.ts";
import { replaceFile } from "../store/replace_file.ts";

/** When the log is put aside and how many older ones stay. */
export interface Limits {
  /** Bytes. */
  size: number;
  /** Milliseconds since its first line. */
  age: number;
  keep: number;
}

export const DEFAULT_LIMITS: Limits = { size: 2 ** 20, age: 30 * 86_400_000, keep: 8 };

/** Milliseconds. A writer holds the lock for some ten at most; a stopped one must not keep all others from their work. */
const PATIENCE = 5_000;

/**
 * Runs `work` while nobody else who keeps to this lock writes to the log, puts it aside or reads it; or without the lock
 * where it cannot be had. `work` is told which.
 */
export function underLock<T>(file: string, work: (alone: boolean) => T): T {
  let begun = false;
  try {
    return exclusively(join(dirname(file), "ops/logging"), PATIENCE, () => {
      begun = true;
      return work(true);
    });
  } catch (error) {
    if (begun) throw error;
    return work(false);
  }
}

/** Under the lock only. What keeps it from being done, such as a full disk, keeps nobody from writing. */
export function rotateWhenDue(file: string, more: number, now: Date, limits: Limits): void {
  try {
    const size = lstatSync(file, { throwIfNoEntry: false })?.size ?? 0;
    if (size === 0) return;
    const born = Date.parse(beginning(file));
    if (size + more > limits.size || now.getTime() - born > limits.age) rotate(file, limits.keep);
  } catch {
    // The line matters more; the next writer tries again.
  }
}

/** The time that the first line begins with. */
function beginning(file: string): string {
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
  const log = openSync(file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  try {
    const bytes = Buffer.alloc(24);
    return bytes.toString("latin1", 0, readSync(log, bytes, 0, bytes.length, 0));
  } finally {
    closeSync(log);
  }
}

/** An older part of the log: `update.log.3.gz`, or `update.log.3` where compressing it was cut short. */
export interface Part {
  number: number;
  path: string;
  compressed: boolean;
}

/** The older parts, newest first. A compressed one is whole, so the plain one beside it has nothing more to say. */
export function partsOf(file: string): Part[] {
  const parts = new Map<number, Part>();
  const entries = readdirSync(dirname(file), { withFileTypes: true }).filter((entry) => entry.isFile());
  for (const name of entries.map(({ name }) => name).sort()) {
    const [, number, gz] = name.startsWith(`${basename(file)}.`)
      ? /^([1-9]\d{0,5})(\.gz)?$/.exec(name.slice(basename(file).length + 1)) ?? []
      : [];
    if (number === undefined) continue;
    // Sorted: the compressed one comes second.
    const part = { number: Number(number), path: join(dirname(file), name), compressed: gz !== undefined };
    parts.set(part.number, part);
  }
  return [...parts.values()].sort((a, b) => a.number - b.number);
}

/**
 * Each step leaves every line in exactly one part, so whoever is killed between two of them has lost and doubled
 * nothing, and the next one goes on from there.
 */
function rotate(file: string, keep: number): void {
  for (const { path, compressed } of partsOf(file)) if (compressed) remove(path.slice(0, -".gz".length));
  // Only up to the first gap: one that a killed process left is closed by it.
  const row = partsOf(file).filter(({ number }, index) => number === index + 1);
  for (const { number, path, compressed } of row.reverse()) {
    renameSync(path, `${file}.${number + 1}${compressed ? ".gz" : ""}`);
  }
  renameSync(file, `${file}.1`);
  for (const { number, path, compressed } of partsOf(file)) {
    if (number > keep) remove(path);
    else if (!compressed) compress(path);
  }
}

function compress(path: string): void {
  // Only here: a start that writes a line has no time for it.
  const { gzipSync } = process.getBuiltinModule("node:zlib");
  replaceFile(`${path}.gz`, gzipSync(readFileSync(path)), { mode: 0o644 });
  remove(path);
}

function remove(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (errno(error) !== "ENOENT") throw error;
  }
}
