import {
  type ArgumentSpec,
  commandsOf,
  commonOptions,
  isGroup,
  type OptionSpec,
  type Table,
} from "./command.ts";
import { findCommand } from "./resolve.ts";

export interface Candidate {
  value: string;
  summary?: string;
}

/** What a shell offers next: words, or what it knows best itself. */
export type Completion = { words: readonly Candidate[] } | { paths: "files" | "dirs" };

/** Names that are known only at the moment; asked only when they are needed. */
export interface Names {
  hosts(): Promise<readonly string[]>;
  sessions(): Promise<readonly string[]>;
}

/** What can stand for the last of `words`, the words typed after the program's name up to the cursor. */
export async function complete(table: Table, words: readonly string[], names: Names): Promise<Completion> {
  const current = words.at(-1) ?? "";
  const before = words.slice(0, -1);
  const completion = await offer(table, before.slice(countFlags(before)), current, names);
  if ("paths" in completion) return completion;
  return { words: completion.words.filter(({ value }) => value.startsWith(current)) };
}

async function offer(
  table: Table,
  before: readonly string[],
  current: string,
  names: Names,
): Promise<Completion> {
  const command = before[0] === "help" ? undefined : findCommand(table, before);
  if (command === undefined) {
    return { words: current.startsWith("-") ? optionWords(commonOptions) : commandWords(table, before) };
  }
  const typed = before.slice(command.name.split(" ").length);
  if (typed.includes("--")) return { paths: "files" };

  const options: Record<string, OptionSpec> = { ...command.options, ...commonOptions };
  const [, attached] = current.match(/^--([^=]+)=/) ?? [];
  if (attached !== undefined) {
    return await values(
      Object.hasOwn(options, attached) ? options[attached] : undefined,
      `--${attached}=`,
      current,
      names,
    );
  }
  const awaited = optionAwaiting(options, typed.at(-1));
  if (awaited !== undefined) return await values(awaited, "", current, names);

  if (current.startsWith("-")) {
    const fresh = Object.entries(options).filter(([name, option]) =>
      !option.hidden && (!typed.includes(`--${name}`) || (option.type === "string" && option.multiple))
    );
    const rest = command.rest ? [{ value: "--", summary: command.rest.summary }] : [];
    return { words: [...optionWords(Object.fromEntries(fresh)), ...rest] };
  }
  const position =
    typed.filter((word, i) => !word.startsWith("-") && optionAwaiting(options, typed[i - 1]) === undefined)
      .length;
  const last = command.args?.at(-1);
  return await values(command.args?.[position] ?? (last?.variadic ? last : undefined), "", current, names);
}

/** Completes what an argument or an option's value stands for; the placeholder's name says what that is. */
async function values(
  spec: ArgumentSpec | OptionSpec | undefined,
  prefix: string,
  current: string,
  names: Names,
): Promise<Completion> {
  const words = (values: readonly string[], before = prefix) => ({
    words: values.map((value) => ({ value: before + value })),
  });
  if (spec === undefined || ("type" in spec && spec.type === "boolean")) return words([]);
  if ("choices" in spec && spec.choices) return words(spec.choices);
  switch ("value" in spec ? spec.value : spec.name) {
    case "FILE":
    case "PATH":
      return { paths: "files" };
    case "DIR":
      return { paths: "dirs" };
    case "TARGET": {
      const user = current.slice(prefix.length).match(/^[^@]*@/)?.[0] ?? "";
      return words(await names.hosts(), prefix + user);
    }
    case "SESSION":
      return words(await names.sessions());
    default:
      return words([]);
  }
}

function commandWords(table: Table, before: readonly string[]): Candidate[] {
  const topics = before[0] === "help" ? before.slice(1) : before;
  const help = before.length === 0 ? [{ value: "help", summary: "Explain a command" }] : [];
  const entries = table.flatMap((section) => section.entries).filter((entry) =>
    isGroup(entry) || !entry.hidden
  );
  if (topics.length === 0) {
    return [...entries.map(({ name, summary }) => ({ value: name.split(" ")[0]!, summary })), ...help];
  }
  return commandsOf(table)
    .filter((command) => !command.hidden && command.name.startsWith(`${topics.join(" ")} `))
    .map((command) => ({ value: command.name.split(" ")[topics.length]!, summary: command.summary }));
}

function optionWords(options: Record<string, OptionSpec>): Candidate[] {
  return Object.entries(options).map(([name, { summary }]) => ({ value: `--${name}`, summary }));
}

function optionAwaiting(
  options: Record<string, OptionSpec>,
  word: string | undefined,
): OptionSpec | undefined {
  const found = Object.entries(options).find(([name, { short }]) =>
    word === `--${name}` || (short && word === `-${short}`)
  );
  return found && found[1].type !== "boolean" ? found[1] : undefined;
}

function countFlags(words: readonly string[]): number {
  const first = words.findIndex((word) => !word.startsWith("-"));
  return first < 0 ? words.length : first;
}
