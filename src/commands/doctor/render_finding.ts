import type { Io } from "../../cli/io.ts";
import { wrap } from "../../cli/output.ts";
import { printable } from "../../cli/text.ts";
import type { Finding } from "../../host/diagnose.ts";

/** What is wrong, why it matters and what mends it; then what is wrong in consequence. `hosts`: where, of several. */
export function renderFinding(
  finding: Finding,
  consequences: readonly Finding[],
  io: Io,
  hosts?: string,
): string[] {
  const { style } = io;
  const sign = {
    broken: style.red(style.failed),
    warning: style.yellow(style.warning),
    unknown: style.dim("?"),
  }[finding.status];
  // Commands are not wrapped, so that they can be copied.
  const prose = (text: string) =>
    wrap(printable(text), Math.max(20, io.columns - 12)).join(`\n${" ".repeat(11)}`);
  return [
    `${sign} ${style.bold(printable(finding.title))}${style.dim(`  ${printable(finding.id)}`)}`,
    ...(hosts === undefined ? [] : [`  ${style.dim("on")}       ${prose(hosts)}`]),
    `  ${style.dim("is")}       ${prose(finding.actual)}`,
    `  ${style.dim("expected")} ${prose(finding.expected)}`,
    `  ${style.dim("matters")}  ${prose(finding.why)}`,
    `  ${style.dim("fix")}      ${style.cyan(printable(finding.fix))}`,
    ...(consequences.length === 0
      ? []
      : [`  ${style.dim("and so")}   ${prose(consequences.map(({ title }) => title).join(", "))}`]),
  ];
}
