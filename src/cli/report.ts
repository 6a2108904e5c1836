import { Exit, Failure, machineFailure } from "../errors.ts";
import { BrokenPipe, type Io } from "./io.ts";
import { printableLines } from "./text.ts";

/** Shows what went wrong: a line for people, and with `--json` a document as well. Returns the exit status. */
export function report(error: unknown, io: Io, program: string): number {
  const { message, hint, code, details, exit } = explain(error);
  const style = io.errorStyle;
  io.stderr(`${style.red(`${program}:`)} ${printableLines(message)}\n`);
  if (hint) io.stderr(`${style.yellow("hint:")} ${printableLines(hint)}\n`);
  if (io.verbose) io.stderr(`${style.dim(printableLines(stackOf(error)))}\n`);
  try {
    if (io.json) io.stdout(JSON.stringify({ error: { message, hint, code, ...details } }) + "\n");
  } catch (unwritten) {
    if (!(unwritten instanceof BrokenPipe)) throw unwritten;
  }
  return exit;
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
