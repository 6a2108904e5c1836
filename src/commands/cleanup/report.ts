import { bytes } from "../../cli/amounts.ts";
import { shortPath } from "../../cli/paths.ts";
import type { Io } from "../../cli/io.ts";
import { type Cell, type Column, renderTable, within } from "../../cli/output.ts";
import { enumerated } from "../../cli/text.ts";
import type { Action, Report } from "../../cleanup/carry_out.ts";

/** An action of some user on some host, where it is not plain which. */
export interface ListedAction extends Action {
  target?: string;
  user?: string;
}

export interface ListedReport extends Omit<Report, "actions"> {
  actions: ListedAction[];
}

/** More lines than that nobody reads; `--json` has them all. */
const most = 40;

interface Field extends Column {
  cell(action: ListedAction): Cell;
  when?(action: ListedAction): boolean;
}

/**
 * What was or would be done, what could not be, and what that frees.
 * @param tidy of several hosts, those that have nothing to tidy up
 */
export function renderReport(
  { dryRun, actions, freed, later = 0 }: ListedReport,
  { style, columns }: Pick<Io, "style" | "columns">,
  tidy: readonly string[] = [],
): string {
  const nothing = tidy.length === 0
    ? "nothing to tidy up"
    : within(`nothing to tidy up on ${enumerated(tidy)}`, columns, 0, 2);
  if (actions.length === 0) return nothing;
  const fields: Field[] = [
    {
      title: "HOST",
      shrink: true,
      when: ({ target }) => target !== undefined,
      cell: ({ target }) => target ?? "",
    },
    { title: "USER", shrink: true, when: ({ user }) => user !== undefined, cell: ({ user }) => user ?? "" },
    { title: "WHAT", cell: whatOf },
    { title: "NAME", shrink: true, cell: ({ name }) => ({ text: shortPath(name, 60), paint: style.bold }) },
    { title: "WHY", cell: ({ reason }) => reason },
    {
      title: dryRun ? "WOULD" : "DONE",
      cell: (action) =>
        action.problem === undefined
          ? doneTo(action, dryRun)
          : { text: `not done: ${action.problem}`, paint: style.red },
      shrink: true,
    },
    {
      title: dryRun ? "FREES" : "FREED",
      align: "right",
      when: ({ freed }) => freed > 0,
      cell: ({ freed }) => freed > 0 ? bytes(freed) : "",
    },
  ];
  const shown = fields.filter(({ when }) => when === undefined || actions.some(when));
  // What went wrong is never among those that are left out.
  const first = actions.toSorted((a, b) => Number(b.problem !== undefined) - Number(a.problem !== undefined));
  const rows = first.slice(0, most).map((action) => shown.map(({ cell }) => cell(action)));
  const lines = [renderTable(shown, rows, columns, style.dim)];
  if (actions.length > most) lines.push(style.dim(`and ${actions.length - most} more: --json shows all`));
  return [
    ...lines,
    "",
    within(summary(actions, dryRun, freed, later), columns, 0, 2),
    ...(tidy.length > 0 ? [nothing] : []),
  ].join(
    "\n",
  );
}

const whatOf = ({ kind }: Action) =>
  ({
    session: "session",
    version: "version",
    trash: "in trash",
    archive: "archive",
    leftover: "leftover",
    temporary: "temporary",
    database: "database",
  })[kind];

function doneTo({ action, archived }: Action, dryRun: boolean): string {
  const to = action === "trash"
    ? (dryRun ? "go to the trash" : "moved to the trash")
    : dryRun
    ? "be removed"
    : "removed";
  return archived ? `${to}, archived` : to;
}

function summary(actions: readonly Action[], dryRun: boolean, freed: number, later: number): string {
  const done = actions.filter(({ problem }) => problem === undefined);
  const trashed = done.filter(({ action }) => action === "trash").length;
  const removed = done.length - trashed;
  const parts = [
    ...(trashed > 0 ? [`${dryRun ? "would move" : "moved"} ${count(trashed, "session")} to the trash`] : []),
    ...(removed > 0 ? [`${dryRun ? "would remove" : "removed"} ${count(removed, "thing")}`] : []),
    ...(done.length < actions.length ? [`${actions.length - done.length} could not be done`] : []),
    `${bytes(freed)} ${dryRun ? "would be free" : "freed"}`,
    ...(later > 0 ? [`${bytes(later)} once the trash is emptied`] : []),
  ];
  const back = trashed > 0 && !dryRun ? "\nbring one back: claude-ops session restore NAME" : "";
  return parts.join(", ") + back;
}

const count = (number: number, thing: string) => `${number} ${thing}${number === 1 ? "" : "s"}`;
