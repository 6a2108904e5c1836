import type { ArgumentSpec, Command } from "./command.ts";

/** The name by which a command is called: of the program itself, or of a program that is one command. */
export const programName = "claude-ops";

/** `claude-ops session attach SESSION [OPTIONS]`. */
export function usageLine(command: Command, program: string = programName): string {
  const words = program === programName ? [program, command.name] : [program];
  words.push(...(command.args ?? []).map(placeholder));
  if (Object.values(command.options ?? {}).some((option) => !option.hidden)) words.push("[OPTIONS]");
  if (command.rest) {
    words.push(command.rest.required ? `-- ${command.rest.name}...` : `[-- ${command.rest.name}...]`);
  }
  return words.join(" ");
}

/** `NAME`, `[NAME]`, `[NAME...]`. */
function placeholder(arg: ArgumentSpec): string {
  const name = arg.choices && !arg.variadic ? arg.choices.join("|") : arg.name;
  const repeated = arg.variadic ? `${name}...` : name;
  return arg.optional ? `[${repeated}]` : repeated;
}
