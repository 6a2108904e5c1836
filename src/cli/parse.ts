import { UsageFailure } from "../errors.ts";
import { nearest } from "../nearest.ts";
import { type Command, commonOptions, type Input, type OptionSpec } from "./command.ts";
import { usageLine } from "./usage.ts";

/** The options that every command has. */
export interface Flags {
  json: boolean;
  verbose: boolean;
}

/** Reads the words after a command's name; what is there must be known, what is missing is for `checkWords`. */
export function parseWords(
  command: Command,
  argv: readonly string[],
): { input: Input; flags: Flags; help: boolean } {
  const specs: Record<string, OptionSpec> = { ...command.options, ...commonOptions };
  const values: Record<string, unknown> = {};
  for (const [name, spec] of Object.entries(specs)) {
    values[name] = spec.type === "boolean"
      ? false
      : spec.type === "string" && spec.multiple
      ? []
      : spec.default;
  }
  const input: Input = { options: values as Input["options"], args: [], rest: [] };
  const given = new Set<string>();
  const queue = [...argv];
  for (let word = queue.shift(); word !== undefined; word = queue.shift()) {
    if (word === "--") {
      (command.rest ? input.rest : input.args).push(...queue);
      break;
    }
    if (!word.startsWith("-") || word === "-") {
      input.args.push(word);
      continue;
    }
    const [shown, attached] = splitOption(word);
    const name = optionName(shown, specs);
    const spec = name === undefined ? undefined : specs[name]!;
    if (name === undefined || spec === undefined) {
      const visible = Object.keys(specs).filter((name) => !specs[name]!.hidden);
      throw unknownOption(shown, visible, `see claude-ops ${command.name} --help`);
    }
    if (spec.type === "boolean") {
      if (attached !== undefined && word.startsWith("--")) {
        throw new UsageFailure(`${shown} takes no value`, `write ${shown} alone`);
      }
      if (attached !== undefined) queue.unshift(`-${attached}`);
      values[name] = true;
      continue;
    }
    const bare = spec.type === "string" && spec.bare ? "" : undefined;
    const value = attached ?? (queue[0]?.match(/^-./) ? bare : queue.shift() ?? bare);
    if (value === undefined || (value === "" && (bare === undefined || attached === ""))) {
      throw new UsageFailure(`--${name} needs a value`, `write --${name}=${spec.value}`);
    }
    if (given.has(name) && !(spec.type === "string" && spec.multiple)) {
      throw new UsageFailure(`--${name} was given twice`, "give it once");
    }
    given.add(name);
    if (spec.type === "integer") values[name] = integer(name, spec, value);
    else {
      if (spec.choices) choose(`--${name}`, spec.choices, value);
      if (spec.multiple) (values[name] as string[]).push(value);
      else values[name] = value;
    }
  }
  const { json, verbose, help } = values as Record<"json" | "verbose" | "help", boolean>;
  for (const name of Object.keys(commonOptions)) delete values[name];
  return { input, flags: { json, verbose }, help };
}

/** `--name=value` → both; `-nvalue` → `-n` and the rest of the cluster. */
function splitOption(word: string): [shown: string, attached: string | undefined] {
  if (!word.startsWith("--")) return [word.slice(0, 2), word.length > 2 ? word.slice(2) : undefined];
  const at = word.indexOf("=");
  return at < 0 ? [word, undefined] : [word.slice(0, at), word.slice(at + 1)];
}

function optionName(shown: string, specs: Record<string, OptionSpec>): string | undefined {
  if (shown.startsWith("--")) return Object.hasOwn(specs, shown.slice(2)) ? shown.slice(2) : undefined;
  return Object.keys(specs).find((name) => specs[name]!.short === shown[1]);
}

/** Fails where an argument is missing, left over or not among its choices. */
export function checkWords(command: Command, input: Input): void {
  const specs = command.args ?? [];
  const usage = `usage: ${usageLine(command)}`;
  const missing = specs.find((spec, i) => !spec.optional && input.args.length <= i);
  if (missing) throw new UsageFailure(`${command.name}: ${missing.name} is missing`, usage);
  if (input.args.length > specs.length && !specs.at(-1)?.variadic) {
    throw new UsageFailure(`${command.name}: unexpected argument "${input.args[specs.length]}"`, usage);
  }
  for (const [i, value] of input.args.entries()) {
    const spec = specs[i] ?? specs.at(-1)!;
    if (spec.choices) choose(spec.name, spec.choices, value);
  }
  if (command.rest?.required && input.rest.length === 0) {
    throw new UsageFailure(`${command.name}: ${command.rest.name} is missing after --`, usage);
  }
}

function integer(name: string, spec: { min?: number; max?: number }, value: string): number {
  const number = /^\d{1,15}$/.test(value) ? Number(value) : NaN;
  const { min = 0, max = Number.MAX_SAFE_INTEGER } = spec;
  if (number >= min && number <= max) return number;
  const range = spec.max === undefined ? `of at least ${min}` : `from ${min} to ${max}`;
  throw new UsageFailure(
    `--${name}: "${value}" is not a whole number ${range}`,
    `write --${name}=${Math.max(min, 1)}, for example`,
  );
}

function choose(what: string, choices: readonly string[], value: string): void {
  if (choices.includes(value)) return;
  throw new UsageFailure(
    `${what}: "${value}" is not one of ${choices.join(", ")}`,
    didYouMean(nearest(value, choices)) ?? `choose one of ${choices.join(", ")}`,
  );
}

/** Says which of `names` could be meant; `otherwise` where none is near. */
export function unknownOption(shown: string, names: readonly string[], otherwise: string): UsageFailure {
  const name = nearest(shown.replace(/^-+/, ""), names);
  return new UsageFailure(`unknown option ${shown}`, didYouMean(name && `--${name}`) ?? otherwise);
}

export function didYouMean(name: string | undefined): string | undefined {
  return name === undefined ? undefined : `did you mean ${name}?`;
}
