import type { Io } from "../../cli/io.ts";
import { printable } from "../../cli/text.ts";
import type { Diagnosis } from "../../host/doctor.ts";
import type { Step } from "../../host/resource.ts";
import { renderFinding } from "./render_finding.ts";

/** What was mended, then each cause with its consequences below it, then a line that sums up. */
export function renderDiagnosis(diagnosis: Diagnosis, io: Io, host?: string): string {
  const { style } = io;
  const { findings, checked, fixed } = diagnosis;
  const lines = fixed.map((step) => mended(step, io));
  for (const finding of findings.filter(({ causedBy }) => !causedBy)) {
    if (lines.length > 0) lines.push("");
    lines.push(...renderFinding(finding, findings.filter(({ causedBy }) => causedBy === finding.id), io));
  }
  if (lines.length > 0) lines.push("");
  return [...lines, sum(), ""].join("\n");

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

/** What became of a finding that was to be mended; `host`: where, of several. */
export function mended(step: Step, { style }: Io, host?: string): string {
  const where = host === undefined ? "" : `${printable(host)}  `;
  if (step.status === "changed") {
    const detail = step.detail ? style.dim(`  ${printable(step.detail)}`) : "";
    return `${style.green(style.ok)} ${where}mended  ${printable(step.title)}${detail}`;
  }
  const why = printable(step.error?.message ?? step.detail ?? step.status);
  return `${style.red(style.failed)} ${where}not mended  ${printable(step.title)}: ${why}`;
}
