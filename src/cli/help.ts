import {
  type BooleanOption,
  type Command,
  commonOptions,
  type Group,
  isGroup,
  type OptionSpec,
  type Section,
  type Table,
} from "./command.ts";
import type { Io } from "./io.ts";
import { wrap } from "./output.ts";
import type { Style } from "./style.ts";
import { programName, usageLine } from "./usage.ts";

/** The help that was asked for, as text or with `--json` as data. */
export function showHelp(
  table: Table,
  topic: "all" | Section | Group | Command,
  io: Io,
  program: string,
): string {
  const width = io.columns === Infinity ? 80 : Math.min(io.columns, 100);
  if (io.json) return JSON.stringify(topic === "all" ? table : topic);
  if (topic === "all") {
    return width < 80 ? renderNarrowOverview(table, io.style, width) : renderOverview(table, io.style);
  }
  if ("entries" in topic) return renderSection(topic, io.style, width);
  return isGroup(topic)
    ? renderGroup(topic, io.style, width)
    : renderCommand(topic, io.style, width, program);
}

/** All commands on one screen of 80×24, the sections' titles in the left margin. */
export function renderOverview(table: Table, style: Style): string {
  const lines = [`${style.bold("Usage:")} ${programName} COMMAND [ARGUMENTS] [OPTIONS]`, ""];
  const shown = table.map(({ title, summary, entries }) => ({ title, summary, entries: visible(entries) }));
  const margin = Math.max(...shown.map(({ title }) => title.length)) + 2;
  const listed = shown.filter(({ summary }) => summary === undefined);
  const width = Math.max(...listed.flatMap(({ entries }) => entries.map(({ name }) => name.length))) + 2;
  for (const { title, summary, entries } of shown) {
    if (summary !== undefined) {
      const topic = `(${programName} help ${title.toLowerCase()})`;
      lines.push(`${style.dim(title.padEnd(margin))}${summary} ${topic}`);
      const names = wrap(entries.map(({ name }) => name).join(" "), 78 - margin);
      lines.push(...names.map((line) => `${" ".repeat(margin)}${style.cyan(line)}`));
      continue;
    }
    for (const [i, { name, summary }] of entries.entries()) {
      lines.push(style.dim((i === 0 ? title : "").padEnd(margin)) + style.cyan(name.padEnd(width)) + summary);
    }
  }
  lines.push("", `${programName} COMMAND --help shows its options and examples.`);
  return lines.join("\n");
}

/** The same below each other, where it does not fit beside. */
export function renderNarrowOverview(table: Table, style: Style, width: number): string {
  const sections = table.flatMap(({ title, entries }) => [
    style.bold(`${title}:`),
    ...columns(visible(entries).map(({ name, summary }) => [name, summary]), style.cyan, width),
  ]);
  return [...sections, "", ...wrap(`${programName} COMMAND --help shows its options and examples.`, width)]
    .join("\n");
}

const visible = (entries: Section["entries"]) => entries.filter((entry) => isGroup(entry) || !entry.hidden);

/** The commands and groups of a section. */
function renderSection({ summary, entries }: Section, style: Style, width: number): string {
  return [
    ...wrap(`${summary}.`, width),
    "",
    ...columns(visible(entries).map(({ name, summary }) => [name, summary]), style.cyan, width),
    "",
    ...wrap(`${programName} COMMAND --help shows its options and examples.`, width),
  ].join("\n");
}

/** The commands of a group. */
export function renderGroup(group: Group, style: Style, width: number): string {
  const commands = group.commands.filter((command) => !command.hidden);
  return [
    ...wrap(`${group.summary}.`, width),
    "",
    `${style.bold("Usage:")} ${programName} ${group.name} COMMAND`,
    "",
    style.bold("Commands:"),
    ...columns(commands.map(({ name, summary }) => [name, summary]), style.cyan, width),
    "",
    ...wrap(`${programName} ${group.name} COMMAND --help shows its options and examples.`, width),
  ].join("\n");
}

/** One command: usage, arguments, options, examples. */
export function renderCommand(
  command: Command,
  style: Style,
  width: number,
  program: string = programName,
): string {
  const args = (command.args ?? []).map((arg): [string, string] => [arg.name, arg.summary]);
  if (command.rest) args.push([`-- ${command.rest.name}`, command.rest.summary]);
  const options = Object.entries({ ...command.options, ...commonOptions } as Record<string, OptionSpec>)
    .filter(([, option]) => !option.hidden);
  const blocks = [
    wrap(`${command.summary}.`, width),
    [`${style.bold("Usage:")} ${wrap(usageLine(command, program), width - 7).join("\n       ")}`],
    wrapParagraphs(command.description ?? "", width),
    args.length > 0 ? [style.bold("Arguments:"), ...columns(args, style.cyan, width)] : [],
    [
      style.bold("Options:"),
      ...columns(options.map(([name, option]) => [flag(name, option), about(option)]), style.cyan, width),
    ],
    command.examples.length > 0 ? [style.bold("Examples:"), ...examples(command, style)] : [],
  ];
  return blocks.filter((block) => block.length > 0).map((block) => block.join("\n")).join("\n\n");
}

function flag(name: string, option: OptionSpec): string {
  const short = option.short ? `-${option.short}, ` : "    ";
  return `${short}--${name}${option.type === "boolean" ? "" : ` ${optionValue(option)}`}`;
}

/** What stands for an option's value; in brackets where it may be left out. */
export function optionValue(option: Exclude<OptionSpec, BooleanOption>): string {
  return option.type === "string" && option.bare ? `[${option.value}]` : option.value;
}

/** The summary with what is allowed and what holds without the option. */
export function about(option: OptionSpec): string {
  if (option.type === "boolean") return option.summary;
  const notes = [
    option.type === "string" && option.choices ? `one of ${option.choices.join(", ")}` : "",
    option.type === "string" && option.multiple ? "can be repeated" : "",
    option.default === undefined ? "" : `default ${option.default}`,
  ].filter(Boolean);
  return notes.length === 0 ? option.summary : `${option.summary} (${notes.join("; ")})`;
}

function examples(command: Command, style: Style): string[] {
  return command.examples.flatMap((
    { command, summary },
  ) => [`  ${style.dim(`# ${summary}`)}`, `  ${command}`]);
}

/** Two columns; the second is wrapped within `width`, and stands below the first where it would be a narrow strip. */
function columns(
  rows: readonly (readonly [string, string])[],
  paint: (text: string) => string,
  width: number,
): string[] {
  const left = Math.max(...rows.map(([name]) => name.length)) + 2;
  if (width - left - 2 < 24) {
    const below = (text: string) => wrap(text, width - 8).map((line) => `        ${line}`);
    return rows.flatMap(([name, text]) => [`  ${paint(name.trimStart())}`, ...below(text)]);
  }
  return rows.flatMap(([name, text]) =>
    wrap(text, width - left - 2).map((line, i) => `  ${paint((i === 0 ? name : "").padEnd(left))}${line}`)
  );
}

function wrapParagraphs(text: string, width: number): string[] {
  if (text === "") return [];
  return text.split(/\n\s*\n/).flatMap((
    paragraph,
    i,
  ) => [...(i > 0 ? [""] : []), ...wrap(paragraph, width)]);
}
