import { bytes } from "../../cli/amounts.ts";
import { shortPath } from "../../cli/paths.ts";
import { displayWidth, truncate } from "../../cli/output.ts";
import { windowOf } from "../../cli/picker.ts";
import type { Size } from "../../cli/screen.ts";
import type { Style } from "../../cli/style.ts";
import { printable } from "../../cli/text.ts";
import { age } from "../../sessions/age.ts";
import { type ListedSession, sessionLines } from "./rows.ts";
import { strangerLines } from "./strangers.ts";
import { chosenOf, type Watching } from "./watch_state.ts";

export interface Surroundings {
  style: Style;
  host: string;
  /** Bytes that a new process could still take. */
  freeMemory: number;
  now: number;
  /** Of the chosen session: what was last asked in it. */
  lastAsked?: string | undefined;
}

/** Lines around the table: title and gap above, gap, two of the chosen session and the keys below. */
const around = 7;

/** How many sessions fit on the screen beside so many lines about others. */
export const pageOf = ({ rows }: Size, others = 0): number => Math.max(1, rows - around - others);

/** What was not started here, with a gap above: never more than a third of the screen. */
export function otherLines(
  { strangers }: Watching,
  { columns, rows }: Size,
  now: number,
  style: Style,
): string[] {
  const all = strangers === undefined ? [] : strangerLines(strangers, { style, width: columns - 2, now });
  const room = Math.floor(rows / 3) - 1;
  if (all.length === 0 || room < 2) return [];
  const shown = all.length > room
    ? [...all.slice(0, room - 1), style.dim(`and ${all.length - room + 1} more`)]
    : all;
  return ["", ...shown.map((line) => `  ${line}`)];
}

/** The whole screen, its last line being the keys. */
export function renderWatch(state: Watching, size: Size, surroundings: Surroundings): string[] {
  const { sessions } = state;
  const { style, now } = surroundings;
  const { columns, rows } = size;
  const chosen = chosenOf(state);
  const at = chosen === undefined ? 0 : sessions.indexOf(chosen);
  const others = otherLines(state, size, now, style);
  const { from, to } = windowOf(sessions.length, at, pageOf(size, others.length));
  // All of them decide how wide the columns are, so that nothing jumps while the list is scrolled.
  const [title = "", ...lines] = sessionLines(sessions, { style, width: columns - 2, now });
  const table = sessions.length === 0
    ? ["", `  no sessions yet; start one with ${style.bold("claude-session")}`]
    : [`  ${title}`, ...lines.slice(from, to).map((line, i) => marked(line, from + i === at, style))];
  const below = [
    hiddenLine(state, from, to, style),
    ...(chosen === undefined ? ["", ""] : details(chosen, columns, surroundings)),
    footer(state, columns, style),
  ];
  const body = [heading(state, columns, surroundings), "", ...table, ...others];
  const gap = Math.max(0, rows - body.length - below.length);
  return [...body, ...Array<string>(gap).fill(""), ...below].slice(0, rows);
}

const marked = (line: string, chosen: boolean, style: Style) =>
  chosen ? `${style.cyan(style.pointer)} ${line}` : `  ${line}`;

function heading(
  { sessions }: Watching,
  columns: number,
  { style, host, freeMemory, now }: Surroundings,
): string {
  const live = sessions.filter((session) => session.live);
  const count = (state: string) => live.filter((session) => session.state === state).length;
  const used = live.reduce((sum, { memory }) => sum + (memory ?? 0), 0);
  const parts = [
    `${live.length} live`,
    ...["busy", "waiting"].flatMap((state) => count(state) > 0 ? [`${count(state)} ${state}`] : []),
    ...(live.length > 0 ? [`${bytes(used)} used`] : []),
    `${bytes(freeMemory)} free`,
  ];
  const clock = new Date(now).toTimeString().slice(0, 8);
  const left = `Sessions on ${printable(host)}`;
  const right = displayWidth(left) + parts.join(" · ").length + clock.length + 6 <= columns ? clock : "";
  const middle = truncate(parts.join(" · "), Math.max(8, columns - displayWidth(left) - right.length - 6));
  const gap = Math.max(2, columns - displayWidth(left) - displayWidth(middle) - right.length - 3);
  return `${style.bold(left)}   ${middle}${right === "" ? "" : " ".repeat(gap) + style.dim(right)}`;
}

function hiddenLine({ sessions, older }: Watching, from: number, to: number, style: Style): string {
  const above = from > 0 ? `${from} sessions above` : "";
  const under = to < sessions.length ? `${sessions.length - to} sessions below` : "";
  const ended = older > 0 ? `${older} older ones ended` : "";
  const words = [above, under, ended].filter(Boolean).join(" · ");
  return words === "" ? "" : style.dim(`  ${words}`);
}

function details(session: ListedSession, columns: number, { style, now, lastAsked }: Surroundings): string[] {
  const { cwd, pid, state, stateSince, waitingFor, live, id, problem, host } = session;
  const since = stateSince && live ? ` for ${age(stateSince, now)}` : "";
  const first = [
    `${state}${since}${waitingFor ? `, waits for ${printable(waitingFor)}` : ""}${
      host && !live ? ` on ${printable(host)}` : ""
    }`,
    pid === null ? "" : `pid ${pid}`,
    problem ? printable(problem) : "",
    id,
  ];
  const line = (text: string) => style.dim(truncate(`  ${text}`, columns));
  const second = [cwd === null ? "" : printable(shortPath(cwd)), lastAsked];
  return [first, second].map((parts) => line(parts.filter(Boolean).join(" · ")));
}

function footer({ sessions, asking, message }: Watching, columns: number, style: Style): string {
  if (asking !== undefined) {
    const name = printable(asking.name ?? asking.id);
    const question = `Stop ${name}? It is ${asking.state}; its conversation stays.`;
    return style.yellow(truncate(`${question}  y yes   any other key no`, columns));
  }
  if (message) return truncate(printable(message), columns);
  const keys = [
    ...(sessions.length === 0
      ? []
      : [["↑↓", "choose"], ["enter", "attach or resume"], ["s", "stop"], ["r", "resume"]]),
    ["q", "quit"],
  ];
  const plain = keys.map((pair) => pair.join(" ")).join("   ");
  if (displayWidth(plain) > columns) return style.dim(truncate(plain, columns));
  return keys.map(([key, what]) => `${style.bold(key!)} ${style.dim(what!)}`).join("   ");
}
