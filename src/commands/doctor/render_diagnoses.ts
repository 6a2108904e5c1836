import type { Io } from "../../cli/io.ts";
import { type Cell, renderTable } from "../../cli/output.ts";
import { type Finding, mendedBy } from "../../host/diagnose.ts";
import type { Diagnosis } from "../../host/doctor.ts";
import type { Fix } from "../../host/fix.ts";
import { mended } from "./render_diagnosis.ts";
import { renderFinding } from "./render_finding.ts";

type OfHost = Diagnosis & { host: string };

/** What was mended on which host, each finding once with the hosts that have it, and a table of all hosts. */
export function renderDiagnoses(diagnoses: readonly OfHost[], io: Io): string {
  const repaired = diagnoses.flatMap(({ host, fixed }) => fixed.map((step) => mended(step, io, host)));
  const causes = diagnoses.flatMap(({ host, findings }) =>
    findings.filter(({ causedBy }) => !causedBy).map((finding) => ({
      host,
      finding,
      consequences: findings.filter(({ causedBy }) => causedBy === finding.id),
    }))
  );
  const blocks = [...Map.groupBy(causes, sameness).values()].map((alike) => {
    const [{ host, finding, consequences }] = alike as [typeof causes[number]];
    const hosts = alike.map(({ host }) => host);
    const shown = mendedBy(withHosts(finding.commands, host, hosts), finding);
    return renderFinding(shown, consequences, io, hosts.join(", ")).join("\n");
  });
  const parts = [...(repaired.length > 0 ? [repaired.join("\n")] : []), ...blocks, table(diagnoses, io)];
  return `${parts.join("\n\n")}\n`;
}

/** What is the same on several hosts but for their names. */
function sameness(
  { host, finding, consequences }: { host: string; finding: Finding; consequences: readonly Finding[] },
): string {
  const { id, status, title, expected, actual, why, commands } = finding;
  const rest = consequences.map(({ title }) => title);
  return JSON.stringify([id, status, title, expected, actual, why, withHosts(commands, host, []), rest]);
}

/** What mends one host, for others too; ssh takes one. */
function withHosts(fix: Fix, host: string, hosts: readonly string[]): Fix {
  return fix.map((command) =>
    command[0] === "ssh" ? command : command.flatMap((word) => word === host ? hosts : [word])
  );
}

function table(diagnoses: readonly OfHost[], io: Io): string {
  const { red, yellow, dim } = io.style;
  const rows = diagnoses.map(({ host, findings, checked }): Cell[] => {
    const cell = (status: Finding["status"], paint: (text: string) => string): Cell => {
      const count = findings.filter((finding) => finding.status === status).length;
      return { text: `${count}`, paint: count > 0 ? paint : dim };
    };
    return [host, cell("broken", red), cell("warning", yellow), cell("unknown", dim), `${checked}`];
  });
  const right = { align: "right" as const };
  const columns = [
    ...[{ title: "HOST", shrink: true }, { title: "BROKEN", ...right }, { title: "TO KNOW", ...right }],
    ...[{ title: "NOT CHECKED", from: 50, ...right }, { title: "LOOKED AT", from: 60, ...right }],
  ];
  return renderTable(columns, rows, io.columns, dim);
}
