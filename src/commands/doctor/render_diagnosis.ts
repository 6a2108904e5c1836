import type { Io } from "../../cli/io.ts";
import { wrap } from "../../cli/output.ts";
import { printable } from "../../cli/text.ts";
import type { Finding } from "../../host/diagnose.ts";
import type { Diagnosis } from "../../host/doctor.ts";

/** What was mended, then each cause with its consequences below it, then a line that sums up. */
export function renderDiagnosis(diagnosis: Diagnosis, io: Io, host?: string): string {
  const { style } = io;
  const { findings, checked, fixed } = diagnosis;
  const lines = fixed.map((step) =>
    step.status === "changed"
      ? `${style.green(style.ok)} mended  ${printable(step.title)}${
        step.detail ? style.dim(`  ${printable(step.detail)}`) : ""
      }`
      : `${style.red(style.failed)} not mended  ${printable(step.title)}: ${
        printable(step.error?.message ?? step.detail ?? step.status)
      }`
  );
  for (const finding of findings.filter(({ causedBy }) => !causedBy)) {
    if (lines.length > 0) lines.push("");
    lines.push(...cause(finding));
    const consequences = findings.filter(({ causedBy }) => causedBy === finding.id);
    if (consequences.length > 0) {
      lines.push(
        `  ${style.dim("and so")}   ${consequences.map(({ title }) => printable(title)).join(", ")}`,
      );
    }
  }
  if (lines.length > 0) lines.push("");
  return [...lines, sum(), ""].join("\n");

  function cause(finding: Finding): string[] {
    const sign = {
      broken: style.red(style.failed),
      warning: style.yellow(style.warning),
      unknown: style.dim("?"),
    }[finding.status];
    return [
      `${sign} ${style.bold(printable(finding.title))}${style.dim(`  ${printable(finding.id)}`)}`,
      `  ${style.dim("is")}       ${prose(finding.actual)}`,
      `  ${style.dim("expected")} ${prose(finding.expected)}`,
      `  ${style.dim("matters")}  ${prose(finding.why)}`,
      `  ${style.dim("fix")}      ${style.cyan(printable(finding.fix))}`,
    ];
  }

  /** Commands are not wrapped, so that they can be copied. */
  function prose(text: string): string {
    return wrap(printable(text), Math.max(40, io.columns - 12)).join(`\n${" ".repeat(11)}`);
  }

  function sum(): string {
    const where = host ? `${host}: ` : "";
    if (findings.length === 0) {
      return `${style.green(style.ok)} ${where}all is well (${checked} things looked at)`;
    }
    const count = (status: string) => findings.filter((finding) => finding.status === status).length;
    const parts = [[count("broken"), "broken"], [count("warning"), "to know"], [
      count("unknown"),
      "could not be checked",
    ]]
      .filter(([n]) => n).map(([n, word]) => `${n} ${word}`);
    return `${where}${parts.join(", ")} (${checked} things looked at)`;
  }
}
