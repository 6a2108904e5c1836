import type { Io } from "../cli/io.ts";
import { renderTable } from "../cli/output.ts";
import { age } from "../sessions/age.ts";
import type { Registration } from "../sessions/registered.ts";
import type { UnmanagedSession } from "../sessions/unmanaged.ts";

const columns = [
  { title: "NOT STARTED HERE", shrink: true },
  { title: "DIRECTORY", shrink: true },
  { title: "STATE" },
  { title: "PID", align: "right" },
  { title: "AGE", align: "right" },
  { title: "VERSION" },
] as const;

/** What lives beside the sessions of claude-ops, as a table below theirs; empty where there is nothing. */
export function renderStrangers(
  { registered, unmanaged }: { registered: readonly Registration[]; unmanaged: readonly UnmanagedSession[] },
  { style, columns: width }: Pick<Io, "style" | "columns">,
): string {
  const said = new Set(registered.map(({ identity }) => identity.pid));
  const rows = [
    ...registered.map(({ name, project, cwd, identity, registeredAt }) => [
      name ?? project,
      cwd,
      { text: "registered", paint: style.cyan },
      String(identity.pid),
      age(registeredAt),
      "",
    ]),
    ...unmanaged.filter(({ pid }) => !said.has(pid)).map(({ name, cwd, pid, startedAt, version }) => [
      name ?? "claude",
      cwd ?? "(removed)",
      { text: "unmanaged", paint: style.yellow },
      String(pid),
      startedAt === null ? "" : age(startedAt),
      version ?? "",
    ]),
  ];
  return rows.length === 0 ? "" : `\n\n${renderTable(columns, rows, width, style.dim)}`;
}
