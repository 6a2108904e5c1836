import { fstatSync, writeSync } from "node:fs";
import { errno } from "../errors.ts";
import { type Style, styleFor } from "./style.ts";
import { harmless } from "./text.ts";

/**
 * What a command may know of the terminal and of how it was called. Data goes to stdout, everything else to stderr; of
 * neither anything but our own colours steers a terminal.
 */
export interface Io {
  /** `--json` was given. */
  readonly json: boolean;
  readonly verbose: boolean;
  /** Somebody can be asked: stdin and stderr are terminals. */
  readonly interactive: boolean;
  /** Width of the terminal that stdout is; Infinity where it is none, so that nothing is cut there. */
  readonly columns: number;
  /** The same of stderr. */
  readonly errorColumns: number;
  /** For text on stdout. */
  readonly style: Style;
  /** For text on stderr. */
  readonly errorStyle: Style;
  stdout(text: string): void;
  stderr(text: string): void;
  /** With `--json`, one line of running work; nothing otherwise. The outcome follows as the last line. */
  event(value: object): void;
}

/** Nobody reads stdout any more (`| head`): not worth a word. */
export class BrokenPipe extends Error {}

/**
 * The process's own streams. `process.stdout` costs 6 ms of start-up in a compiled binary (Bun 1.4.5) and `node:tty`
 * one, so both are touched only where there is a terminal.
 */
export function processIo(flags: { json: boolean; verbose: boolean }): Io {
  return {
    get json() {
      return flags.json;
    },
    get verbose() {
      return flags.verbose;
    },
    get interactive() {
      return isTerminal(0) && isTerminal(2);
    },
    get columns() {
      return isTerminal(1) ? process.stdout.columns || 80 : Infinity;
    },
    get errorColumns() {
      return isTerminal(2) ? process.stderr.columns || 80 : Infinity;
    },
    get style() {
      return styleFor(isTerminal(1), process.env);
    },
    get errorStyle() {
      return styleFor(isTerminal(2), process.env);
    },
    stdout: (text) => write(1, text),
    stderr: (text) => write(2, text),
    event(value) {
      if (flags.json) write(1, JSON.stringify(value) + "\n");
    },
  };
}

export function isTerminal(fd: number): boolean {
  try {
    return fstatSync(fd).isCharacterDevice() && process.getBuiltinModule("node:tty").isatty(fd);
  } catch {
    return false;
  }
}

/** @throws BrokenPipe when stdout has no reader; what cannot be said on stderr is lost */
function write(fd: 1 | 2, text: string): void {
  try {
    writeAll(fd, harmless(text));
  } catch (error) {
    if (fd === 2) return;
    throw errno(error) === "EPIPE" ? new BrokenPipe() : error;
  }
}

/**
 * Writes all of `text` at once, waiting where a reader is slow. A pipe that does not block takes up to 4096 bytes whole
 * or not at all; Deno (2.9.5) does not tell how much of more it took.
 */
export function writeAll(fd: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length;) {
    try {
      at += writeSync(fd, bytes, at, Math.min(4096, bytes.length - at));
    } catch (error) {
      if (errno(error) !== "EAGAIN") throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}
