import { Exit } from "../errors.ts";
import type { Command, Table } from "./command.ts";
import { processIo } from "./io.ts";
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
  // Until the words are understood, only what stands before `--` counts.
  const words = argv.slice(0, argv.includes("--") ? argv.indexOf("--") : undefined);
  const flags = { json: words.includes("--json"), verbose: words.includes("--verbose") };
  const io = processIo(flags);
  let exit: number = Exit.ok;
  try {
    const asked = request();
    Object.assign(flags, asked.flags);
    if ("show" in asked) {
      const { showHelp } = await import("./help.ts");
      io.stdout(showHelp(table, asked.show, io, program) + "\n");
    } else {
      const outcome = await asked.run.run(asked.input, io);
      if (io.json) io.stdout(JSON.stringify(outcome.data) + "\n");
      else if (outcome.render) io.stdout(outcome.render() + "\n");
      exit = outcome.exit ?? Exit.ok;
    }
  } catch (error) {
    const { report } = await import("./report.ts");
    exit = report(error, io, program);
  }
  await io.ended();
  return exit;
}
