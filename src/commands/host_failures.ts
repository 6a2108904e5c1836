import type { Io } from "../cli/io.ts";
import { within } from "../cli/output.ts";
import { complain } from "../cli/report.ts";
import { enumerated, printable } from "../cli/text.ts";
import type { Problem } from "../errors.ts";
import { shellQuote } from "../remote/shell_quote.ts";
import { calledAs } from "../runtime/called_as.ts";

/** Why a host failed: `step` is what it was at, undefined where nothing was begun there. */
export interface HostFailure {
  host: string;
  step?: string;
  problem: Problem;
}

/** The words that were typed, with `@failed` for the hosts; undefined where a word that names one may mean something else. */
export function againWords(words: readonly string[], targets: readonly string[]): string[] | undefined {
  const others = words.filter((word) => !targets.includes(word));
  return others.length === words.length - targets.length ? [...others, "@failed"] : undefined;
}

/**
 * Tells at the end, when all that went well has scrolled by, which of several hosts failed, where, why and what to do. What
 * helps several of them is told once.
 */
export function tellFailures(
  failures: readonly HostFailure[],
  hosts: number,
  again: readonly string[] | undefined,
  io: Io,
): void {
  const { red, yellow } = io.errorStyle;
  const failed = new Set(failures.map(({ host }) => host));
  const width = Math.max(...[...failed].map((host) => printable(host).length));
  const below = io.errorColumns < width + 36 ? 4 : width + 4;
  const behind = (text: string, first: number) => within(text, io.errorColumns, first);
  const lines = [...Map.groupBy(failures, ({ problem }) => problem.hint)].flatMap(([hint, alike]) => [
    ...alike.map(({ host, step, problem: { message } }) =>
      `  ${printable(host).padEnd(width)}  ${behind(`${step ? `${step}: ` : ""}${message}`, width + 4)}`
    ),
    ...(hint ? [`${" ".repeat(below)}${yellow("hint:")} ${behind(hint, below + 6)}`] : []),
  ]);
  io.stderr(`\n${red(`${failed.size} of ${hosts} hosts failed`)}\n${lines.join("\n")}\n`);
  const only = again === undefined
    ? "the same command with @failed in the place of the hosts tries only these again"
    : `only these again: ${shellQuote([calledAs(), ...again])}`;
  io.stderr(`${yellow("hint:")} ${behind(only, 6)}\n`);
}

/** Tells which names lead to a host that another one leads to as well. */
export function tellRepeated(repeated: ReadonlyMap<string, string>, io: Io): void {
  for (const [same, pairs] of Map.groupBy(repeated, ([, same]) => same)) {
    const names = enumerated(pairs.map(([name]) => name));
    io.stderr(`${names} ${pairs.length > 1 ? "are" : "is"} the same as ${printable(same)}: done once\n`);
  }
}

/** Tells why the only host failed. */
export function tellFailure({ host, problem }: HostFailure, io: Io): void {
  complain(io, host, problem);
}
