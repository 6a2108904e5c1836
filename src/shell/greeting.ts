import { writeSync } from "node:fs";
import { hostname } from "node:os";
import type { Environment } from "../claude/environment.ts";
import { latestConversation } from "../claude/transcripts.ts";
import { renderTable } from "../cli/output.ts";
import { type Style, styleFor } from "../cli/style.ts";
import { printable } from "../cli/text.ts";
import { age } from "../sessions/age.ts";
import { listSessions, type SessionSummary } from "../sessions/list.ts";
import { ensureLayout, type Layout, layoutOf } from "../sessions/paths.ts";
import { claudeFor } from "../sessions/turn_into.ts";

const columns = [
  { title: "", align: "right" },
  { title: "NAME", shrink: true },
  { title: "PROJECT", shrink: true },
  { title: "STATE" },
  { title: "AGE", align: "right" },
] as const;

/** Rows of the greeting that are no sessions. */
const around = 8;

/**
 * Shows on the terminal who is active and what waits, and says on stdout which sessions the numbers mean.
 * @throws Failure when no session could be started here anyway
 */
export function greet(env: Environment): void {
  const layout = layoutOf(env);
  ensureLayout(layout);
  const { version } = claudeFor(layout, env);
  const { sessions, older } = listSessions(layout, false);
  const room = Math.max(4, (process.stderr.rows || 24) - around);
  const waiting = sessions.filter((session) => canGoOn(session, layout));
  const running = sessions.filter(({ live, state }) => live || state === "elsewhere");
  const active = running.filter((session) => !waiting.includes(session));
  const shownActive = active.slice(0, Math.max(2, room - waiting.length));
  const shownWaiting = waiting.slice(0, room - shownActive.length);
  const style = styleFor(true, env);
  const title = version === undefined ? hostname() : `${hostname()}, Claude Code ${version}`;
  const text = [
    `${style.bold(title)}: ${summary(running.length, waiting.length)}`,
    ...(active.length + waiting.length > 0 ? ["", table(shownActive, shownWaiting, layout, style)] : []),
    ...hidden(active.length + waiting.length - shownActive.length - shownWaiting.length + older, style),
    "",
    ...help(shownWaiting.length, printable(tilde(process.cwd(), layout)), style),
    "",
  ];
  writeSync(2, text.join("\n"));
  writeSync(1, shownWaiting.map(({ id }) => `${id}\n`).join(""));
}

/** Runs detached, or has ended and something was said in it. */
function canGoOn({ id, state, live, detached }: SessionSummary, layout: Layout): boolean {
  if (live) return detached;
  return state === "ended" && latestConversation(`${layout.sessions}/${id}`) !== undefined;
}

function summary(running: number, waiting: number): string {
  const sessions = (count: number) => count === 1 ? "1 session is" : `${count} sessions are`;
  if (running + waiting === 0) return "no sessions yet";
  if (waiting === 0) return `${sessions(running)} active`;
  return `${running === 0 ? "no session is" : sessions(running)} active, ${waiting} to go on with`;
}

function table(
  active: readonly SessionSummary[],
  waiting: readonly SessionSummary[],
  layout: Layout,
  style: Style,
): string {
  const row = (session: SessionSummary, number: string) => [
    { text: number, paint: style.bold },
    session.name ?? session.id,
    tilde(session.project ?? "", layout),
    { text: stateOf(session), paint: session.live ? style.green : (text: string) => text },
    session.startedAt === null ? "" : age(session.startedAt),
  ];
  const rows = [
    ...active.map((session) => row(session, "")),
    ...waiting.map((session, at) => row(session, String(at + 1))),
  ];
  return renderTable(columns, rows, process.stderr.columns || 80, style.dim);
}

const stateOf = ({ state, live, detached }: SessionSummary) =>
  live && detached ? `${state} (detached)` : state;

function hidden(count: number, style: Style): string[] {
  return count === 0 ? [] : [style.dim(`${count} more: claude-ops session list --all`)];
}

function help(numbers: number, here: string, style: Style): string[] {
  const key = (name: string, meaning: string) => `${style.bold(name)} ${meaning}`;
  const resume = numbers === 0 ? [] : [key(numbers === 1 ? "1" : `1-${numbers}`, "go on with that one")];
  return [
    [key("Enter", `new session in ${here}`), ...resume].join(" · "),
    [key("a directory", "new session there"), key("s", "plain shell"), key("Ctrl-D", "log out")].join(" · "),
  ];
}

function tilde(path: string, { home }: Layout): string {
  return path === home || path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path;
}
