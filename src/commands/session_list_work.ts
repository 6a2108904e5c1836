import type { Outcome } from "../cli/command.ts";
import type { Io } from "../cli/io.ts";
import { runAsUser } from "../host/as_user.ts";
import { managedUsers } from "../host/records.ts";
import { runThere } from "../remote/run_there.ts";
import { findAccount } from "../runtime/account.ts";
import { diskUsage } from "../sessions/disk.ts";
import { listSessions } from "../sessions/list.ts";
import { layoutOf } from "../sessions/paths.ts";
import { type ConnectionOptions, hostsOutcome, onHosts } from "./on_hosts.ts";
import { type ListedSession, sessionLines } from "./session_rows.ts";

interface Wanted {
  all: boolean;
  long: boolean;
}

interface Listed {
  sessions: ListedSession[];
  older: number;
}

/** `session list` of this machine: of this user, and for root of all managed users too. */
export async function listHere(wanted: Wanted, io: Io): Promise<Outcome> {
  const users = process.getuid!() === 0 ? managedUsers() : [];
  const lists = [ownList(wanted), ...await Promise.all(users.map((user) => listAs(user, wanted)))];
  const listed = {
    sessions: lists.flatMap(({ sessions }) => sessions),
    older: lists.reduce((sum, { older }) => sum + older, 0),
  };
  // Live ones first, whoever's they are.
  if (users.length > 0) listed.sessions.sort((a, b) => Number(b.live) - Number(a.live));
  return { data: listed, render: () => renderSessions(listed, io) };
}

function ownList({ all, long }: Wanted): Listed {
  const layout = layoutOf(process.env);
  const listed: Listed = listSessions(layout, all);
  if (long) {
    for (const session of listed.sessions) session.disk = diskUsage(`${layout.sessions}/${session.id}`);
  }
  return listed;
}

/** Asked as that user: their directories are theirs to read. */
async function listAs(user: string, { all, long }: Wanted): Promise<Listed> {
  const account = findAccount(user);
  if (!account || account.uid === 0) return { sessions: [], older: 0 };
  const words = ["session", "list", ...(all ? ["--all"] : []), ...(long ? ["--long"] : [])];
  const { sessions, older } = await runAsUser(account, words) as Partial<Listed>;
  return { sessions: (sessions ?? []).map((session) => ({ ...session, user })), older: older ?? 0 };
}

/** `session list TARGET…`. */
export async function listThere(
  targets: readonly string[],
  options: ConnectionOptions & Wanted,
  io: Io,
): Promise<Outcome> {
  const words = ["session", "list", ...(options.all ? ["--all"] : []), ...(options.long ? ["--long"] : [])];
  const results = await onHosts(
    targets,
    options,
    io,
    async (connection) => await runThere(connection, words) as unknown as Listed,
  );
  return hostsOutcome(results, {
    render: (lists) => {
      const sessions = lists.flatMap(({ host, sessions }) =>
        sessions.map((session) => targets.length > 1 ? { ...session, target: host } : session)
      );
      return renderSessions({ sessions, older: lists.reduce((sum, { older }) => sum + older, 0) }, io);
    },
  });
}

/** The list as a table for people, and how to see what it leaves out. */
export function renderSessions(
  { sessions, older }: Listed,
  { style, columns }: Pick<Io, "style" | "columns">,
): string {
  if (sessions.length === 0) return "no sessions yet; start one with claude-session";
  const lines = sessionLines(sessions, { style, width: columns });
  if (older > 0) lines.push(style.dim(`${older} older: claude-ops session list --all`));
  return lines.join("\n");
}
