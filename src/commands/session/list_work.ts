import type { Outcome } from "../../cli/command.ts";
import type { Io } from "../../cli/io.ts";
import { runAsUser } from "../../host/as_user.ts";
import { managedUsers } from "../../host/records.ts";
import { runThere } from "../../remote/run_there.ts";
import { findAccount } from "../../runtime/account.ts";
import { diskUsage } from "../../sessions/disk.ts";
import { listSessions } from "../../sessions/list.ts";
import { layoutOf } from "../../sessions/paths.ts";
import { strangers } from "../../sessions/strangers.ts";
import { type ConnectionOptions, hostsOutcome, onHosts } from "../on_hosts.ts";
import { readable } from "../readable.ts";
import { type ListedSession, sessionLines } from "./rows.ts";
import { type ListedStrangers, strangerLines } from "./strangers.ts";

interface Wanted {
  all: boolean;
  long: boolean;
}

interface Listed extends ListedStrangers {
  sessions: ListedSession[];
  older: number;
}

/** `session list` of this machine: of this user, and for root of all managed users too. */
export async function listHere(wanted: Wanted, io: Io): Promise<Outcome> {
  const users = process.getuid!() === 0 ? managedUsers() : [];
  const listed = joined([
    ownList(wanted),
    ...await Promise.all(users.map((user) => listAs(user, wanted, io))),
  ]);
  // Live ones first, whoever's they are.
  if (users.length > 0) listed.sessions.sort((a, b) => Number(b.live) - Number(a.live));
  return { data: listed, render: () => renderSessions(listed, io) };
}

function ownList({ all, long }: Wanted): Listed {
  const layout = layoutOf(process.env);
  const listed: Listed = { ...listSessions(layout, all), ...strangers(layout) };
  if (long) {
    for (const session of listed.sessions) session.disk = diskUsage(`${layout.sessions}/${session.id}`);
  }
  return listed;
}

/** Asked as that user: their directories are theirs to read. */
async function listAs(user: string, wanted: Wanted, io: Io): Promise<Listed> {
  const account = findAccount(user);
  if (!account || account.uid === 0) return joined([]);
  return listFrom(await runAsUser(account, wordsFor(wanted)), { user }, io);
}

/** `session list TARGET…`. */
export async function listThere(
  targets: readonly string[],
  options: ConnectionOptions & Wanted,
  io: Io,
): Promise<Outcome> {
  const results = await onHosts(
    targets,
    options,
    io,
    async (connection) => listFrom(await runThere(connection, wordsFor(options)), {}, io),
  );
  return hostsOutcome(results, {
    render: (lists) => {
      const several = targets.length > 1;
      const shown = lists.map(({ host, ...list }) => several ? marked(list, { target: host }) : list);
      return renderSessions(joined(shown), io);
    },
  });
}

const wordsFor = (
  { all, long }: Wanted,
) => ["session", "list", ...(all ? ["--all"] : []), ...(long ? ["--long"] : [])];

const listFrom = (told: unknown, whose: { user?: string }, io: Io) =>
  marked(readable<Partial<Listed>>(told, (list) => renderSessions(marked(list, whose), io)), whose);

/** A list that came from elsewhere, perhaps of an older version, with whose it is in each of its entries. */
function marked(list: Partial<Listed>, whose: { user?: string; target?: string }): Listed {
  const mark = <T>(entries: readonly T[] = []): T[] => entries.map((entry) => ({ ...entry, ...whose }));
  return {
    sessions: mark(list.sessions),
    older: list.older ?? 0,
    registered: mark(list.registered),
    unmanaged: mark(list.unmanaged),
  };
}

function joined(lists: readonly Listed[]): Listed {
  return {
    sessions: lists.flatMap(({ sessions }) => sessions),
    older: lists.reduce((sum, { older }) => sum + older, 0),
    registered: lists.flatMap(({ registered }) => registered),
    unmanaged: lists.flatMap(({ unmanaged }) => unmanaged),
  };
}

/** The list as tables for people, and how to see what it leaves out. */
export function renderSessions(
  { sessions, older, ...strangers }: Listed,
  { style, columns }: Pick<Io, "style" | "columns">,
): string {
  const lines = sessions.length === 0
    ? ["no sessions yet; start one with claude-session"]
    : sessionLines(sessions, { style, width: columns });
  if (older > 0) lines.push(style.dim(`${older} older: claude-ops session list --all`));
  const others = strangerLines(strangers, { style, width: columns });
  return [...lines, ...(others.length > 0 ? ["", ...others] : [])].join("\n");
}
