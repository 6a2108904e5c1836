import type { Io } from "../cli/io.ts";
import { printable } from "../cli/text.ts";
import type { Problem } from "../errors.ts";

/** Why a host failed: `step` is what it was at, undefined where nothing was begun there. */
export interface HostFailure {
  host: string;
  step?: string;
  problem: Problem;
}

/** Tells at the end, when all that went well has scrolled by, which of several hosts failed, where, why and what to do. */
export function tellFailures(failures: readonly HostFailure[], hosts: number, io: Io): void {
  const { red, yellow } = io.errorStyle;
  const failed = new Set(failures.map(({ host }) => host));
  const width = Math.max(...[...failed].map((host) => printable(host).length));
  const lines = failures.flatMap(({ host, step, problem: { message, hint } }) => [
    `  ${printable(host).padEnd(width)}  ${step ? `${printable(step)}: ` : ""}${printable(message)}`,
    ...(hint ? [`  ${" ".repeat(width)}  ${yellow("hint:")} ${printable(hint)}`] : []),
  ]);
  io.stderr(`\n${red(`${failed.size} of ${hosts} hosts failed`)}\n${lines.join("\n")}\n`);
  io.stderr(
    `${yellow("hint:")} the same command with @failed in the place of the hosts tries only these again\n`,
  );
}

/** Tells why the only host failed. */
export function tellFailure({ host, problem: { message, hint } }: HostFailure, io: Io): void {
  const { red, yellow } = io.errorStyle;
  io.stderr(`${red(`${printable(host)}:`)} ${printable(message)}\n`);
  if (hint) io.stderr(`${yellow("hint:")} ${printable(hint)}\n`);
}
