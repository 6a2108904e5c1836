import { programs } from "./programs.ts";

const name = process.argv0.slice(process.argv0.lastIndexOf("/") + 1);
const argv = process.argv.slice(2);
const program = Object.hasOwn(programs, name) ? programs[name] : undefined;
const { runProgram, runTable } = await import("./cli/run.ts");
process.exit(
  program === undefined
    ? await runTable((await import("./commands/table.ts")).table, argv)
    : await runProgram(name, await program(), argv),
);
