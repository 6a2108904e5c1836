import { writeSync } from "node:fs";
import { isatty } from "node:tty";
import { isDeepStrictEqual } from "node:util";
import { styleFor } from "../src/cli/style.ts";

const WIDTH = 80;
const style = styleFor(isatty(1), process.env);
const RULE = style.ok === "✓" ? "─" : "-";
let chapters = 0;
let verified = 0;

/** A claim that turned out wrong. */
export class ClaimFailed extends Error {
  override name = "ClaimFailed";
}

/** Not by process.stdout, because what commands print goes to the same place in between. */
export function print(text: string): void {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length;) {
    try {
      at += writeSync(1, bytes, at);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}

export function title(text: string, below: string): void {
  print(`${style.bold(text)}\n${below}\n`);
}

export function chapter(text: string): void {
  const head = `${++chapters}  ${text} `;
  print(`\n${style.bold(style.cyan(head))}${style.dim(RULE.repeat(WIDTH - head.length))}\n`);
}

/** What a person would say beside it. */
export function remark(text: string): void {
  print(`${style.dim(text)}\n`);
}

/** A command as somebody would type it. */
export function prompt(line: string): void {
  const [first, ...rest] = line.split("\n");
  print(`${style.dim("$")} ${style.bold(first!)}\n`);
  for (const more of rest) print(`${style.dim(">")} ${style.bold(more)}\n`);
}

/**
 * Checks a claim, and says so.
 * @param expected a value, or what a text has to match
 * @throws {ClaimFailed}
 */
export function verify(claim: string, actual: unknown, expected: unknown): void {
  const holds = expected instanceof RegExp
    ? typeof actual === "string" && expected.test(actual)
    : isDeepStrictEqual(actual, expected);
  if (holds) {
    verified++;
    return print(style.green(`  ${style.ok} ${claim}\n`));
  }
  const shown = (value: unknown) =>
    value instanceof RegExp ? String(value) : typeof value === "string" ? value : JSON.stringify(value);
  print(style.red(`  ${style.failed} ${claim}\n`));
  print(`    expected ${shown(expected)}\n    found    ${shown(actual)}\n`);
  throw new ClaimFailed(claim);
}

export function complain(text: string): void {
  print(`\n${style.red("demo:")} ${text}\n`);
}

/** The last words. */
export function finish(seconds: number, next: readonly string[]): void {
  print(`\n${style.bold(style.green(`${verified} claims, all verified, in ${Math.round(seconds)} s.`))}\n\n`);
  for (const line of next) print(`${line}\n`);
}
