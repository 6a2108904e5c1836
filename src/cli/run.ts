import { Exit } from "../errors.ts";
import { beforeEnd } from "../before_end.ts";
import type { Command, Table } from "./command.ts";
import { BrokenPipe, processIo } from "./io.ts";
import { type Request, resolve, resolveProgram } from "./resolve.ts";
import { programName } from "./usage.ts";

/** Runs what the words ask for and shows what comes of it. Returns the exit status; never throws. */
export function runTable(table: Table, argv: readonly string[]): Promise<number> {
  return run(argv, programName, () => resolve(table, argv), table);
}

/** The same for a program that is one command, such as `claude-session`. */
export function runProgram(program: string, command: Command, argv: readonly string[]): Promise<number> {
  return run(argv, program, () => resolveProgram(command, argv), []);
}

async function run(
  argv: readonly string[],
  program: string,
  request: () => Request,
  table: Table,
): Promise<number> {
  // These count for words that are not understood, too.
  const words = beforeEnd(argv);
  const flags = { json: words.includes("--json"), verbose: words.includes("--verbose") };
  const io = processIo(flags);
  // Should even the report of an error fail, nobody takes that for success.
  process.exitCode = Exit.failed;
  const stray = Promise.withResolvers<never>();
  process.on("uncaughtException", stray.reject);
  process.on("unhandledRejection", stray.reject);
  let exit: number = Exit.failed;
  try {
    const asked = request();
    Object.assign(flags, asked.flags);
    if ("show" in asked) {
      const { showHelp } = await import("./help.ts");
      exit = Exit.ok;
      io.stdout(showHelp(table, asked.show, io, program) + "\n");
    } else {
      const outcome = await Promise.race([asked.run.run(asked.input, io), stray.promise]);
      exit = outcome.exit ?? Exit.ok;
      try {
        if (io.json) io.stdout(JSON.stringify(outcome.data) + "\n");
        else if (outcome.render) io.stdout(ended(outcome.render()));
      } finally {
        outcome.afterwards?.();
      }
    }
    return exit;
  } catch (error) {
    if (error instanceof BrokenPipe) return exit;
    const { report } = await import("./report.ts");
    return report(error, io, program);
  }
}

const ended = (text: string) => text === "" || text.endsWith("\n") ? text : `${text}\n`;
