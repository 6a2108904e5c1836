import { Exit, Failure, machineFailure, type Problem } from "../errors.ts";
import { BrokenPipe, type Io } from "./io.ts";
import { within } from "./output.ts";
import { printable, printableLines } from "./text.ts";

/** Shows what went wrong: a line for people, and with `--json` a document as well. Returns the exit status. */
export function report(error: unknown, io: Io, program: string): number {
  const { message, hint, code, details, exit } = explain(error);
  const style = io.errorStyle;
  complain(io, program, { message, ...(hint === undefined ? {} : { hint }) });
  if (io.verbose) io.stderr(`${style.dim(printableLines(stackOf(error)))}\n`);
  try {
    if (io.json) io.stdout(JSON.stringify({ error: { message, hint, code, ...details } }) + "\n");
  } catch (unwritten) {
    if (!(unwritten instanceof BrokenPipe)) throw unwritten;
  }
  return exit;
}

/** The two lines for people, within their terminal: whose word it is and what went wrong, then what to do about it. */
export function complain(io: Io, who: string, { message, hint }: Problem): void {
  const { red, yellow } = io.errorStyle;
  const label = `${printable(who)}:`;
  io.stderr(`${red(label)} ${within(message, io.errorColumns, label.length + 1, 2)}\n`);
  if (hint) io.stderr(`${yellow("hint:")} ${within(hint, io.errorColumns, 6)}\n`);
}

function explain(
  thrown: unknown,
): { message: string; hint?: string; code?: string; details?: object; exit: number } {
  const error = machineFailure(thrown) ?? thrown;
  if (error instanceof Failure) {
    const { message, hint, code, details, exit } = error;
    return { message, hint, code, details, exit };
  }
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return {
    message: `unexpected, this is a bug: ${text.split("\n")[0]}`,
    hint: "run it again with --verbose and report what it shows",
    code: "bug",
    exit: Exit.failed,
  };
}

function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? "" : `\ncaused by ${stackOf(error.cause)}`;
  return `${error.stack ?? error.message}${cause}`;
}
