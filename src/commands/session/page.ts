import { bytes } from "../../cli/amounts.ts";
import { shortPath } from "../../cli/paths.ts";
import { truncate } from "../../cli/output.ts";
import type { Style } from "../../cli/style.ts";
import { printable } from "../../cli/text.ts";
import { age } from "../../sessions/age.ts";
import type { Description } from "../../sessions/describe.ts";
import { quoted } from "../../sessions/name.ts";
import { oneLine } from "./last_asked.ts";
import { paintOf } from "./rows.ts";

/** One session on a page: what it does first, then where, then what it takes. */
export function renderDescription(session: Description, style: Style, now: number = Date.now()): string {
  const { name, id, state, live, stateSince, waitingFor, project, cwd, branch, pid, memory } = session;
  const doing = [
    paintOf(state, style)(state),
    stateSince && live ? style.dim(`for ${age(stateSince, now)}`) : "",
    waitingFor ? `${style.dim("waits for")} ${printable(waitingFor)}` : "",
    session.host ? `${style.dim("on")} ${printable(session.host)}` : "",
  ].filter(Boolean).join(" ");
  const rows: [string, string | null][] = [
    ["state", doing],
    ["last asked", session.lastPrompt === null ? null : truncate(oneLine(session.lastPrompt), 60)],
    ["project", project && shortPath(project)],
    ["branch", branch],
    ["directory", cwd === project ? null : cwd && shortPath(cwd)],
    ["started", when(session.startedAt, now, style)],
    ["created", session.createdAt === session.startedAt ? null : when(session.createdAt, now, style)],
    ["process", pid === null ? null : `pid ${pid}`],
    ["detached", session.attached === null ? null : terminals(session.attached)],
    ["pinned", session.pinned ? "cleanup leaves it alone" : null],
    ["memory", memory === null ? null : bytes(memory)],
    ["disk", bytes(session.disk)],
    ["Claude Code", session.version ?? shortPath(session.executable)],
    ["conversation", session.conversation ?? style.dim("nothing was said yet")],
    ["config dir", shortPath(session.directory)],
  ];
  const shown = rows.filter((row): row is [string, string] => row[1] !== null && row[1] !== "");
  const which = quoted(name ?? id);
  const next = [
    ...(live && session.detached ? [["go to it", `claude-ops session attach ${which}`]] : []),
    live ? ["end it", `claude-ops session stop ${which}`] : ["go on", `claude-session --resume ${which}`],
  ];
  return [
    `${style.bold(printable(name ?? id))}  ${style.dim(id)}`,
    "",
    ...shown.map(([label, value]) => `  ${style.dim(label.padEnd(12))}  ${value}`),
    "",
    ...next.map(([label, command]) => `  ${style.dim(label!.padEnd(12))}  ${command}`),
  ].join("\n");
}

function when(time: string | null, now: number, style: Style): string | null {
  if (time === null) return null;
  const local = new Date(time).toLocaleString("sv-SE", { dateStyle: "short", timeStyle: "short" });
  return `${age(time, now)} ago ${style.dim(`(${local})`)}`;
}

const terminals = (count: number) =>
  count === 0
    ? "no terminal is attached"
    : count === 1
    ? "one terminal is attached"
    : `${count} terminals are attached`;
