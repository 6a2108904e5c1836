import { bytes } from "../../cli/amounts.ts";
import { type Cell, type Column, renderTable } from "../../cli/output.ts";
import { shortPath } from "../../cli/paths.ts";
import type { Paint, Style } from "../../cli/style.ts";
import { age } from "../../sessions/age.ts";
import type { SessionState, SessionSummary } from "../../sessions/list.ts";

/** A session of some user on some host, where it is not plain which. */
export interface ListedSession extends SessionSummary {
  target?: string;
  user?: string;
  /** Bytes on disk, where it was asked for. */
  disk?: number;
}

export interface RowOptions {
  style: Style;
  /** Columns of the terminal; Infinity where nothing needs to fit. */
  width: number;
  now?: number;
}

interface Field extends Column {
  cell(session: ListedSession): Cell;
  /** Shown when some session has something there. */
  when?(session: ListedSession): boolean;
}

/** A title line, then one line for each session, as much of each as the terminal has room for. */
export function sessionLines(sessions: readonly ListedSession[], options: RowOptions): string[] {
  const { style, width } = options;
  const shown = fields(options).filter(({ when }) => when === undefined || sessions.some(when));
  const rows = sessions.map((session) =>
    shown.map(({ cell }) => session.live ? cell(session) : faded(cell(session), style))
  );
  return renderTable(shown, rows, width, style.dim).split("\n");
}

function fields({ style, width, now = Date.now() }: RowOptions): Field[] {
  const since = (time: string | null) => time === null ? "" : age(time, now);
  return [
    {
      title: "HOST",
      shrink: true,
      when: ({ target }) => target !== undefined,
      cell: ({ target }) => target ?? "",
    },
    {
      title: "USER",
      shrink: true,
      from: 44,
      when: ({ user }) => user !== undefined,
      cell: ({ user }) => user ?? "",
    },
    {
      title: "NAME",
      shrink: true,
      cell: ({ name, id }) => name === null ? id : { text: name, paint: style.bold },
    },
    {
      title: "PROJECT",
      shrink: true,
      cell: ({ project, problem }) =>
        project === null ? problem ?? "" : shortPath(project, Math.max(20, Math.floor(width / 6))),
    },
    {
      title: "BRANCH",
      shrink: true,
      when: ({ branch }) => branch !== null,
      cell: ({ branch }) => branch ?? "",
    },
    {
      title: "STATE",
      cell: (session) => ({
        text: [
          session.state,
          ...(width < 110 || !session.stateSince ? [] : [since(session.stateSince)]),
          ...(session.live && session.detached && width >= 56 ? ["(detached)"] : []),
          ...(session.pinned && width >= 56 ? ["(pinned)"] : []),
        ].join(" "),
        paint: paintOf(session.state, style),
      }),
    },
    { title: "AGE", align: "right", from: 44, cell: ({ startedAt }) => since(startedAt) },
    { title: "MEMORY", align: "right", from: 54, cell: ({ memory }) => memory === null ? "" : bytes(memory) },
    {
      title: "DISK",
      align: "right",
      when: ({ disk }) => disk !== undefined,
      cell: ({ disk }) => disk === undefined ? "" : bytes(disk),
    },
    {
      title: "VERSION",
      from: 66,
      when: ({ version }) => version !== null,
      cell: ({ version }) => version ?? "",
    },
    { title: "PID", align: "right", from: 100, cell: ({ pid }) => pid === null ? "" : String(pid) },
    {
      title: "WAITS FOR",
      from: 130,
      when: ({ waitingFor }) => waitingFor !== null,
      cell: ({ waitingFor }) => waitingFor ?? "",
    },
    // Into a file or a pipe goes what a person reads; scripts have --json.
    {
      title: "UUID",
      from: 150,
      when: () => width !== Infinity,
      cell: ({ id }) => ({ text: id, paint: style.dim }),
    },
  ];
}

export function paintOf(state: SessionState, style: Style): Paint {
  const paints: Record<SessionState, Paint> = {
    busy: style.green,
    waiting: style.yellow,
    idle: style.cyan,
    shell: style.green,
    live: style.green,
    background: style.green,
    elsewhere: style.yellow,
    unreadable: style.red,
    ended: style.dim,
  };
  return paints[state];
}

function faded(cell: Cell, style: Style): Cell {
  return typeof cell === "string"
    ? { text: cell, paint: style.dim }
    : { ...cell, paint: cell.paint === style.bold ? style.dim : cell.paint };
}
