import type { Io } from "../cli/io.ts";
import { within } from "../cli/output.ts";
import { complain } from "../cli/report.ts";
import { printable } from "../cli/text.ts";
import type { Problem } from "../errors.ts";

/** Why a host failed: `step` is what it was at, undefined where nothing was begun there. */
export interface HostFailure {
  host: string;
  step?: string;
  problem: Problem;
}

/**
 * Tells at the end, when all that went well has scrolled by, which of several hosts failed, where, why and what to do. What
 * helps several of them is told once.
 */
export function tellFailures(failures: readonly HostFailure[], hosts: number, io: Io): void {
  const { red, yellow } = io.errorStyle;
  const failed = new Set(failures.map(({ host }) => host));
  const width = Math.max(...[...failed].map((host) => printable(host).length));
  const behind = (text: string, first: number) => within(text, io.errorColumns, first);
  const lines = [...Map.groupBy(failures, ({ problem }) => problem.hint)].flatMap(([hint, alike]) => [
    ...alike.map(({ host, step, problem: { message } }) =>
      `  ${printable(host).padEnd(width)}  ${behind(`${step ? `${step}: ` : ""}${message}`, width + 4)}`
    ),
    ...(hint ? [`  ${" ".repeat(width)}  ${yellow("hint:")} ${behind(hint, width + 10)}`] : []),
  ]);
  io.stderr(`\n${red(`${failed.size} of ${hosts} hosts failed`)}\n${lines.join("\n")}\n`);
  const again = "the same command with @failed in the place of the hosts tries only these again";
  io.stderr(`${yellow("hint:")} ${behind(again, 6)}\n`);
}

/** Tells which names lead to a host that another one leads to as well. */
export function tellRepeated(repeated: ReadonlyMap<string, string>, io: Io): void {
  for (const [same, pairs] of Map.groupBy(repeated, ([, same]) => same)) {
    const names = pairs.map(([name]) => printable(name));
    const more = names.length > 3 ? [`${names.length - 2} more`] : [];
    const said = [...(more.length > 0 ? names.slice(0, 2) : names), ...more];
    const list = said.length > 1 ? `${said.slice(0, -1).join(", ")} and ${said.at(-1)} are` : `${said[0]} is`;
    io.stderr(`${list} the same as ${printable(same)}: done once\n`);
  }
}

/** Tells why the only host failed. */
export function tellFailure({ host, problem }: HostFailure, io: Io): void {
  complain(io, host, problem);
}
