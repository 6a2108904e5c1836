import { type Command, commonOptions, isGroup, type OptionSpec, type Table } from "./command.ts";
import { about, optionValue } from "./help.ts";
import { usageLine } from "./usage.ts";

/** `docs/commands.md`: every command that is not hidden, in the order of the table. */
export function commandsMarkdown(table: Table): string {
  const sections = table.map(({ title, entries }) => {
    const commands = entries.flatMap((entry) => isGroup(entry) ? entry.commands : [entry]).filter((
      { hidden },
    ) => !hidden);
    return [`## ${title}`, ...commands.map(commandMarkdown)].join("\n\n");
  });
  return [
    "# Commands",
    "Generated from the command table by `scripts/docs`; the same is shown by `claude-ops COMMAND --help`.",
    "Every command also takes:",
    optionTable(commonOptions),
    'Results go to stdout, everything else to stderr. With `--json`, stdout has one JSON document; running work prints one object a line before it, and an error is `{"error": {"message", "hint", "code"}}`.',
    markdownTable(["exit status", "meaning"], [
      ["0", "fine"],
      ["1", "failed"],
      ["2", "wrong usage, nothing was done"],
      ["3", "findings, or something would change"],
      ["75", "busy or deferred, try again later"],
    ]),
    ...sections,
  ].join("\n\n") + "\n";
}

function commandMarkdown(command: Command): string {
  const args = (command.args ?? []).map(({ name, summary }) => [code(name), escape(summary)]);
  if (command.rest) args.push([code(`-- ${command.rest.name}`), escape(command.rest.summary)]);
  const options = Object.entries(command.options ?? {}).filter(([, option]) => !option.hidden);
  return [
    `### claude-ops ${command.name}`,
    `${escape(command.summary)}.`,
    command.description ? escape(command.description) : "",
    fence(usageLine(command)),
    args.length > 0 ? markdownTable(["argument", "meaning"], args) : "",
    options.length > 0 ? optionTable(Object.fromEntries(options)) : "",
    command.examples.length > 0
      ? fence(command.examples.map(({ command, summary }) => `# ${summary}\n${command}`).join("\n"))
      : "",
  ].filter(Boolean).join("\n\n");
}

function optionTable(options: Record<string, OptionSpec>): string {
  return markdownTable(
    ["option", "meaning"],
    Object.entries(options).map(([name, option]) => {
      const value = option.type === "boolean" ? "" : ` ${optionValue(option)}`;
      return [code(`${option.short ? `-${option.short}, ` : ""}--${name}${value}`), escape(about(option))];
    }),
  );
}

export function markdownTable(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(titles), line(titles.map(() => "---")), ...rows.map(line)].join("\n");
}

const code = (text: string) => `\`${text}\``;
const fence = (text: string) => `\`\`\`sh\n${text}\n\`\`\``;
const escape = (text: string) => text.replace(/[<>*_[\]`]/g, "\\$&");
