import type { Io } from "../cli/io.ts";
import { renderTable } from "../cli/output.ts";
import { age } from "../sessions/age.ts";
import type { UnmanagedSession } from "../sessions/unmanaged.ts";

const columns = [
  { title: "NOT STARTED HERE", shrink: true },
  { title: "DIRECTORY", shrink: true },
  { title: "STATE" },
  { title: "PID", align: "right" },
  { title: "AGE", align: "right" },
  { title: "VERSION" },
] as const;

interface Registered {
  pid: number;
  name: string | null;
  project: string;
  cwd: string;
  registeredAt: string;
}

/** What lives beside the sessions of claude-ops, as a table below theirs; empty where there is nothing. */
export function renderStrangers(
  { registered, unmanaged }: { registered: readonly Registered[]; unmanaged: readonly UnmanagedSession[] },
  { style, columns: width }: Pick<Io, "style" | "columns">,
): string {
  const said = new Set(registered.map(({ pid }) => pid));
  const rows = [
    ...registered.map(({ name, project, cwd, pid, registeredAt }) => [
      name ?? project,
      cwd,
      { text: "registered", paint: style.cyan },
      String(pid),
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
