import { shortPath } from "../../cli/paths.ts";
import { type Cell, type Column, renderTable } from "../../cli/output.ts";
import { age } from "../../sessions/age.ts";
import type { RegisteredProcess } from "../../sessions/strangers.ts";
import type { UnmanagedSession } from "../../sessions/unmanaged.ts";
import { type RowOptions } from "./rows.ts";

/** Whose it is, where that is not plain. */
interface Whose {
  target?: string;
  user?: string;
}

export interface ListedStrangers {
  registered: (RegisteredProcess & Whose)[];
  unmanaged: (UnmanagedSession & Whose)[];
}

const columns: readonly Column[] = [
  { title: "NOT STARTED HERE", shrink: true },
  { title: "DIRECTORY", shrink: true },
  { title: "STATE" },
  { title: "PID", align: "right" },
  { title: "AGE", align: "right" },
  { title: "VERSION" },
];

/** What lives beside the sessions of claude-ops: a title line, then one for each; nothing where there is none. */
export function strangerLines(
  { registered, unmanaged }: ListedStrangers,
  { style, width, now = Date.now() }: RowOptions,
): string[] {
  const all = [...registered, ...unmanaged];
  if (all.length === 0) return [];
  const whose = (["target", "user"] as const).filter((key) => all.some((each) => each[key] !== undefined));
  const titles = { target: "HOST", user: "USER" };
  const row = (each: Whose, cells: Cell[]) => [...whose.map((key) => each[key] ?? ""), ...cells];
  const key = ({ target, user, pid }: Whose & { pid: number }) => `${target} ${user} ${pid}`;
  const said = new Set(registered.map(key));
  const rows = [
    ...registered.map((each) =>
      row(each, [
        each.name ?? each.project,
        shortPath(each.cwd),
        { text: "registered", paint: style.cyan },
        String(each.pid),
        age(each.registeredAt, now),
        "",
      ])
    ),
    ...unmanaged.filter((each) => !said.has(key(each))).map((each) =>
      row(each, [
        each.name ?? "claude",
        each.cwd === null ? "(removed)" : shortPath(each.cwd),
        { text: "unmanaged", paint: style.yellow },
        String(each.pid),
        each.startedAt === null ? "" : age(each.startedAt, now),
        each.version ?? "",
      ])
    ),
  ];
  const shown = [...whose.map((key) => ({ title: titles[key], shrink: true })), ...columns];
  return renderTable(shown, rows, width, style.dim).split("\n");
}
