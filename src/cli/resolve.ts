import { UsageFailure } from "../errors.ts";
import { nearest } from "../nearest.ts";
import {
  type Command,
  commandsOf,
  commonOptions,
  type Group,
  type Input,
  isGroup,
  type Section,
  type Table,
} from "./command.ts";
import { checkWords, didYouMean, type Flags, parseWords, unknownOption } from "./parse.ts";

/** What a command line asks for. */
export type Request =
  & { flags: Flags }
  & ({ show: "all" | Section | Group | Command } | { run: Command; input: Input });

/** Finds the command by its longest name and checks its words. Throws UsageFailure for all that is not in the table. */
export function resolve(table: Table, argv: readonly string[]): Request {
  const start = argv.findIndex((word) => !isCommon(word));
  const before = start < 0 ? argv : argv.slice(0, start);
  const words = start < 0 ? [] : argv.slice(start);
  if (words[0] === "--version") words[0] = "version";
  const command = findCommand(table, words);
  if (command !== undefined) {
    return resolveProgram(command, [...before, ...words.slice(command.name.split(" ").length)]);
  }
  const named = words.filter((word) => !isCommon(word));
  const topic = named[0] === "help" ? named.slice(1) : named;
  if (topic[0]?.startsWith("-")) {
    throw unknownOption(topic[0], Object.keys(commonOptions), "options come after the command");
  }
  const flags = { json: argv.includes("--json"), verbose: argv.includes("--verbose") };
  return { flags, show: topic.length === 0 ? "all" : topicOf(table, topic) };
}

/** The request where the command is known: the words after its name, or all of a program such as `claude-session`. */
export function resolveProgram(command: Command, argv: readonly string[]): Request {
  const parsed = parseWords(command, argv);
  if (parsed.help) return { flags: parsed.flags, show: command };
  checkWords(command, parsed.input);
  return { flags: parsed.flags, run: command, input: parsed.input };
}

const isCommon = (word: string) =>
  word === "-h" || (word.startsWith("--") && Object.hasOwn(commonOptions, word.slice(2)));

/** The command with the longest name that the words begin with. */
export function findCommand(table: Table, words: readonly string[]): Command | undefined {
  let best: Command | undefined;
  for (const command of commandsOf(table)) {
    const name = command.name.split(" ");
    if (name.every((word, i) => words[i] === word) && command.name.length > (best?.name.length ?? 0)) {
      best = command;
    }
  }
  return best;
}

function groupOf(table: Table, name: string): Group | undefined {
  return table.flatMap((section) => section.entries).filter(isGroup).find((group) => group.name === name);
}

function topicOf(table: Table, words: readonly string[]): Section | Group | Command {
  const command = commandsOf(table).find((command) => command.name === words.join(" "));
  const group = words.length === 1 ? groupOf(table, words[0]!) : undefined;
  const section = table.find(({ title, summary }) =>
    summary !== undefined && title.toLowerCase() === words[0]
  );
  const topic = command ?? group ?? section;
  if (topic === undefined) throw unknownCommand(table, words);
  return topic;
}

function unknownCommand(table: Table, words: readonly string[]): UsageFailure {
  const group = groupOf(table, words[0]!);
  const typed = words.filter((word) => !word.startsWith("-"));
  if (group !== undefined && typed.length > 1) {
    const last = group.commands.filter((command) => !command.hidden)
      .map((command) => command.name.slice(group.name.length + 1));
    const meant = nearest(typed[1]!, last);
    return new UsageFailure(
      `unknown command "${group.name} ${typed[1]}"`,
      meant === undefined
        ? `see claude-ops ${group.name} --help`
        : didYouMean(`claude-ops ${group.name} ${meant}`),
    );
  }
  // `list`, `attach`: said without the group, of those the one that stands first.
  const inGroup = commandsOf(table).find(({ name, hidden }) => !hidden && name.endsWith(` ${words[0]}`));
  const names = table.flatMap((section) => section.entries).filter((entry) => isGroup(entry) || !entry.hidden)
    .map((entry) => entry.name);
  const meant = inGroup?.name ?? nearest(words[0]!, names);
  return new UsageFailure(`unknown command "${words[0]}"`, didYouMean(meant && `claude-ops ${meant}`));
}
