import type { Io } from "../cli/io.ts";
import { renderTable } from "../cli/output.ts";
import { age } from "../sessions/age.ts";
import type { SessionState, SessionSummary } from "../sessions/list.ts";

const columns = [
  { title: "NAME", shrink: true },
  { title: "PROJECT", shrink: true },
  { title: "STATE" },
  { title: "PID", align: "right" },
  { title: "AGE", align: "right" },
  { title: "VERSION" },
] as const;

/** The list as a table for people, and how to see what it leaves out. */
export function renderSessions(
  { sessions, older }: { sessions: readonly SessionSummary[]; older: number },
  { style, columns: width }: Pick<Io, "style" | "columns">,
): string {
  if (sessions.length === 0) return "no sessions yet; start one with claude-session";
  const paints: Record<SessionState, (text: string) => string> = {
    live: style.green,
    elsewhere: style.yellow,
    unreadable: style.red,
    dead: style.dim,
  };
  const rows = sessions.map((session) => [
    session.name ?? session.id,
    session.project === null ? session.problem ?? "" : short(session.project),
    { text: session.live && session.detached ? "detached" : session.state, paint: paints[session.state] },
    session.pid === null ? "" : String(session.pid),
    session.startedAt === null ? "" : age(session.startedAt),
    session.version ?? "",
  ]);
  const table = renderTable(columns, rows, width, style.dim);
  return older === 0 ? table : `${table}\n${style.dim(`${older} older: claude-ops session list --all`)}`;
}

function short(path: string): string {
  const home = process.env.HOME;
  return home && (path === home || path.startsWith(`${home}/`)) ? `~${path.slice(home.length)}` : path;
}
