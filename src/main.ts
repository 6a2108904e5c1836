import { programs } from "./programs.ts";

const name = process.argv0.slice(process.argv0.lastIndexOf("/") + 1);
const argv = process.argv.slice(2);
const program = Object.hasOwn(programs, name) ? programs[name] : undefined;
if (program !== undefined) process.exit(await program(argv));
const { runTable } = await import("./cli/run.ts");
process.exit(await runTable((await import("./commands/table.ts")).table, argv));
