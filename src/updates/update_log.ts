import { closeSync, constants, fstatSync, openSync, readSync, writeSync } from "node:fs";
import { Failure } from "../errors.ts";
import { DEFAULT_LIMITS, type Limits, rotateWhenDue, underLock } from "./log_rotation.ts";

/** One write of less than this is never torn by other writers. Bytes, the line's end included. */
const MAX_LINE = 4096;
const MAX_VALUE = 600;

export type LogFields = Record<string, string | number | boolean | undefined>;

/** One line: time, event, `key=value` pairs; made for `tail -f` and for programs alike. */
export function logLine(time: Date, event: string, fields: LogFields): string {
  const pairs = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${word(key)}=${quoted(String(value))}`);
  let line = `${time.toISOString()} ${word(event)}`;
  for (const pair of pairs) {
    if (Buffer.byteLength(line) + Buffer.byteLength(pair) + 2 > MAX_LINE) continue;
    line += ` ${pair}`;
  }
  return `${line}\n`;
}

/**
 * Adds a line, and starts a new file first where the old one is full or old. Under the log's lock, so that no line
 * goes into a file that is just being compressed; where the lock cannot be had, the line is written all the same, in
 * one write, which never mixes with others. A link in the log's place is not followed.
 */
export function appendEvent(
  file: string,
  event: string,
  fields: LogFields = {},
  time: Date = new Date(),
  limits: Limits = DEFAULT_LIMITS,
): void {
  const line = Buffer.from(logLine(time, event, fields));
  underLock(file, (alone) => {
    if (alone) rotateWhenDue(file, line.length, time, limits);
    append(file, line);
  });
}

function append(file: string, line: Buffer): void {
  const { O_RDWR, O_APPEND, O_CREAT, O_NOFOLLOW } = constants;
  const log = openSync(file, O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW, 0o644);
  try {
    const bytes = endsWithinLine(log) ? Buffer.concat([Buffer.from("\n"), line]) : line;
    if (writeSync(log, bytes) !== bytes.length) throw new Failure(`could not write a whole line to ${file}`);
  } finally {
    closeSync(log);
  }
}

/** A full disk or a power cut can leave half a line, which must not spoil the next one. */
function endsWithinLine(log: number): boolean {
  const { size } = fstatSync(log);
  const last = Buffer.alloc(1);
  return size > 0 && readSync(log, last, 0, 1, size - 1) === 1 && last[0] !== 0x0a;
}

/** Names come from our own code, so a wrong one is a mistake in it. */
function word(name: string): string {
  if (!/^[a-z][a-z0-9_-]{0,39}$/i.test(name)) {
    throw new TypeError(`${JSON.stringify(name)} is no name for a log`);
  }
  return name;
}

/** As JSON writes it where it is not a plain word; characters that move a terminal's cursor are escaped too. */
function quoted(value: string): string {
  if (/^[\w.:/@+,%~-]{1,600}$/.test(value)) return value;
  const short = [...value].slice(0, MAX_VALUE).join("");
  return JSON.stringify(short.length < value.length ? `${short}…` : short)
    .replace(
      /[\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g,
      (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
    );
}
