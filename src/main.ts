import { programs } from "./programs.ts";

const { argv0 } = process;
// Login, sshd, su and sudo tell a login shell by a dash before its name; some of them write just `-su`.
const name = argv0.startsWith("-") ? "claude-shell" : argv0.slice(argv0.lastIndexOf("/") + 1);
const words = process.argv.slice(2);
const program = Object.hasOwn(programs, name) ? programs[name] : undefined;
if (program !== undefined) process.exit(await program(words));
// Run from source there is no name to go by: then the first word is it. `mcp` takes none itself: the table has its help.
const isProgram = Object.hasOwn(programs, words[0] ?? "") && !(words[0] === "mcp" && words.length > 1);
const first = isProgram ? programs[words[0]!] : undefined;
if (first !== undefined) process.exit(await first(words.slice(1)));
const { runTable } = await import("./cli/run.ts");
process.exit(await runTable((await import("./commands/table.ts")).table, words));
