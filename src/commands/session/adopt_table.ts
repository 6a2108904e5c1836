import { bytes } from "../../cli/amounts.ts";
import type { Io } from "../../cli/io.ts";
import { renderTable } from "../../cli/output.ts";
import type { Orphan } from "../../sessions/adopt.ts";
import { age } from "../../sessions/age.ts";

const columns = [
  { title: "WOULD BE CALLED", shrink: true },
  { title: "LAST USED", align: "right" },
  { title: "SIZE", align: "right" },
  { title: "PID", align: "right" },
  { title: "DIRECTORY", shrink: true },
  { title: "LAST SAID", shrink: true },
] as const;

/** What could be adopted, as a table for people. */
export function renderOrphans(
  found: readonly Orphan[],
  { style, columns: width }: Pick<Io, "style" | "columns">,
) {
  const rows = found.map(({ name, lastUsed, disk, pid, cwd, lastPrompt }) => [
    name,
    age(lastUsed),
    bytes(disk),
    pid === null ? "" : String(pid),
    cwd,
    lastPrompt ?? "nothing",
  ]);
  return renderTable(columns, rows, Math.min(width, 160), style.dim);
}
