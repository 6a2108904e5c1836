import type { Io } from "./io.ts";

interface Described {
  /** One short line without a full stop. */
  summary: string;
}

/**
 * A word of the command line that is not an option. The name decides what shells complete: FILE, PATH, DIR, TARGET
 * (hosts of the SSH configuration), SESSION (names of sessions); `choices` completes itself.
 */
export interface ArgumentSpec extends Described {
  name: string;
  optional?: boolean;
  /** Takes all words that are left; only the last argument may. */
  variadic?: boolean;
  choices?: readonly string[];
}

interface OptionBase extends Described {
  /** One letter. */
  short?: string;
  /** Works, but help and completions leave it out. */
  hidden?: boolean;
}

export interface BooleanOption extends OptionBase {
  type: "boolean";
}

export interface StringOption extends OptionBase {
  type: "string";
  /** What stands for the value in help; completes like an argument's name. */
  value: string;
  multiple?: boolean;
  /** May stand without a value, which then is empty. */
  bare?: boolean;
  choices?: readonly string[];
  default?: string;
}

export interface IntegerOption extends OptionBase {
  type: "integer";
  value: string;
  min?: number;
  max?: number;
  default?: number;
}

export type OptionSpec = BooleanOption | StringOption | IntegerOption;
/** Options by their name on the command line, in kebab-case, without the dashes. */
export type OptionSpecs = Record<string, OptionSpec>;

type Chosen<S> = S extends { choices: readonly (infer C)[] } ? C : string;
type OptionValue<S extends OptionSpec> = S extends { type: "boolean" } ? boolean
  : S extends { type: "integer" } ? S extends { default: number } ? number : number | undefined
  : S extends { multiple: true } ? Chosen<S>[]
  : S extends { default: string } ? Chosen<S>
  : Chosen<S> | undefined;

/** What was typed, checked against the command's table. */
export interface Input<O extends OptionSpecs = OptionSpecs> {
  options: { [K in keyof O]: OptionValue<O[K]> };
  /** In the order of the command's `args`. */
  args: string[];
  /** The words after `--`. */
  rest: string[];
}

/** What a command found or did. */
export interface Outcome {
  /** What `--json` prints: one JSON document. */
  data: unknown;
  /** The same for people, without a last newline; nothing is printed when left out. */
  render?: () => string;
  /** What is told on stderr once that is shown, so that it stands last. */
  afterwards?: () => void;
  /** Exit status; 0 unless said otherwise. */
  exit?: number;
}

interface CommandOf<O extends OptionSpecs> extends Described {
  /** The words that call it, e.g. `session list`. */
  name: string;
  /** Paragraphs for its own help page. */
  description?: string;
  args?: readonly ArgumentSpec[];
  options?: O;
  /** Words after `--` that are passed on unread. */
  rest?: Described & { name: string; required?: boolean };
  /** Whole command lines. */
  examples: readonly (Described & { command: string })[];
  hidden?: boolean;
  run(input: Input<O>, io: Io): Promise<Outcome>;
}

export type Command = CommandOf<OptionSpecs>;

/** Several commands under one first word. */
export interface Group extends Described {
  name: string;
  commands: readonly Command[];
}

/** Commands that belong together. */
export interface Section {
  title: string;
  /** Given where they are many: then the overview only names them, and the title is a topic of help. */
  summary?: string;
  entries: readonly (Command | Group)[];
}

/** All commands in the order in which help shows them. */
export type Table = readonly Section[];

/** Declares a command; `run` gets its options typed. Work is imported inside `run`, so that the table loads at once. */
export function defineCommand<const O extends OptionSpecs = Record<never, never>>(
  command: CommandOf<O>,
): Command {
  return command as unknown as Command;
}

/** What every command takes without naming it. */
export const commonOptions = {
  json: { type: "boolean", summary: "Print the result as JSON" },
  verbose: { type: "boolean", summary: "Say more, also about errors" },
  help: { type: "boolean", short: "h", summary: "Show this help" },
} as const satisfies OptionSpecs;

export function isGroup(entry: Command | Group): entry is Group {
  return "commands" in entry;
}

/** All commands of a table, those of groups included. */
export function commandsOf(table: Table): Command[] {
  return table.flatMap(({ entries }) =>
    entries.flatMap((entry) => isGroup(entry) ? entry.commands : [entry])
  );
}
