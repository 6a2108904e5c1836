import { bytes } from "../../cli/amounts.ts";
import { shortPath } from "../../cli/paths.ts";
import type { Outcome } from "../../cli/command.ts";
import type { Io } from "../../cli/io.ts";
import { type Column, renderTable } from "../../cli/output.ts";
import { carryOut, rehearse } from "../../cleanup/carry_out.ts";
import { leftovers, oldTrash } from "../../cleanup/plan.ts";
import { restorable } from "../../cleanup/restore.ts";
import { age } from "../../sessions/age.ts";
import { diskUsage } from "../../sessions/disk.ts";
import { layoutOf } from "../../sessions/paths.ts";
import { outcomeOf } from "../cleanup/work.ts";

/** `session trash`: what can be restored, from where. */
export function showTrash(io: Io): Outcome {
  const layout = layoutOf(process.env);
  const sessions = restorable(layout).map(({ id, name, from, path, time, record }) => ({
    id,
    name,
    from,
    prunedAt: new Date(time).toISOString(),
    cwd: record?.cwd ?? null,
    disk: diskUsage(path),
  }));
  const disk = sessions.reduce((sum, session) => sum + session.disk, 0);
  return { data: { sessions, disk }, render: () => render(sessions, disk, io) };
}

interface Shown {
  id: string;
  name: string;
  from: string;
  prunedAt: string;
  cwd: string | null;
  disk: number;
}

function render(sessions: readonly Shown[], disk: number, { style, columns }: Io): string {
  if (sessions.length === 0) return "nothing was pruned that could be restored";
  const titles: Column[] = [
    { title: "NAME", shrink: true },
    { title: "WAS IN", shrink: true },
    { title: "PRUNED", align: "right" },
    { title: "COMES BACK" },
    { title: "DISK", align: "right" },
    { title: "UUID", from: 120 },
  ];
  const rows = sessions.map(({ id, name, from, prunedAt, cwd, disk }) => [
    { text: name, paint: style.bold },
    cwd === null ? "" : shortPath(cwd, 30),
    age(prunedAt),
    from === "trash" ? "whole" : "with what was said",
    bytes(disk),
    { text: id, paint: style.dim },
  ]);
  const many = sessions.length === 1 ? "one session" : `${sessions.length} sessions`;
  return [
    renderTable(titles, rows, columns, style.dim),
    "",
    `${many}, ${bytes(disk)}; bring one back: claude-ops session restore NAME`,
  ].join("\n");
}

/** `session trash --empty`. */
export function emptyTrash(dryRun: boolean, io: Io): Outcome {
  const layout = layoutOf(process.env);
  const items = [...leftovers(layout), ...oldTrash(layout, Infinity)];
  const options = { trash: true, archive: true, now: Date.now() };
  return outcomeOf((dryRun ? rehearse : carryOut)(layout, { items, sessions: [] }, options), io);
}
