import { closeSync, constants, openSync, writeSync } from "node:fs";
import { Failure } from "../errors.ts";

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
 * Adds a line in one write, so lines of several writers never mix. The file is opened anew each time, so it may be
 * rotated by a rename. A link in its place is not followed.
 */
export function appendEvent(file: string, event: string, fields: LogFields = {}, time = new Date()): void {
  const { O_WRONLY, O_APPEND, O_CREAT, O_NOFOLLOW } = constants;
  const line = Buffer.from(logLine(time, event, fields));
  const log = openSync(file, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW, 0o644);
  try {
    if (writeSync(log, line) !== line.length) throw new Failure(`could not write a whole line to ${file}`);
  } finally {
    closeSync(log);
  }
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
