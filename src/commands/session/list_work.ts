import type { Outcome } from "../../cli/command.ts";
import type { Io } from "../../cli/io.ts";
import { askUsers, type Unasked } from "../../host/ask_users.ts";
import { managedUsers } from "../../host/records.ts";
import { runThere } from "../../remote/run_there.ts";
import { diskUsage } from "../../sessions/disk.ts";
import { listSessions } from "../../sessions/list.ts";
import { layoutOf } from "../../sessions/paths.ts";
import { strangers } from "../../sessions/strangers.ts";
import { type ConnectionOptions, hostsOutcome, onHosts } from "../on_hosts.ts";
import { readable } from "../readable.ts";
import { unaskedExit, unaskedLines } from "../unasked.ts";
import { type ListedSession, sessionLines } from "./rows.ts";
import { type ListedStrangers, strangerLines } from "./strangers.ts";

interface Wanted {
  all: boolean;
  long: boolean;
}

interface Listed extends ListedStrangers {
  sessions: ListedSession[];
  older: number;
  /** Managed users of whom root could learn nothing. */
  unasked?: (Unasked & { target?: string })[];
}

/** `session list` of this machine: of this user, and for root of all managed users too. */
export async function listHere(wanted: Wanted, io: Io): Promise<Outcome> {
  const users = process.getuid!() === 0 ? managedUsers() : [];
  const { answers, unasked } = await askUsers(users, wordsFor(wanted));
  const lists = answers.map(({ user, told }) => listFrom(told, { user }, io));
  const listed = { ...joined([ownList(wanted), ...lists]), ...(unasked.length > 0 ? { unasked } : {}) };
  // Live ones first, whoever's they are.
  if (users.length > 0) listed.sessions.sort((a, b) => Number(b.live) - Number(a.live));
  return { data: listed, render: () => renderSessions(listed, io), exit: unaskedExit(unasked) };
}

function ownList({ all, long }: Wanted): Listed {
  const layout = layoutOf(process.env);
  const listed: Listed = { ...listSessions(layout, all), ...strangers(layout) };
  if (long) {
    for (const session of listed.sessions) session.disk = diskUsage(`${layout.sessions}/${session.id}`);
  }
  return listed;
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
    exit: ({ unasked }) => unaskedExit(unasked),
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
    ...(list.unasked ? { unasked: list.unasked.map((one) => ({ ...one, ...whose })) } : {}),
  };
}

function joined(lists: readonly Listed[]): Listed {
  const unasked = lists.flatMap((list) => list.unasked ?? []);
  return {
    ...(unasked.length > 0 ? { unasked } : {}),
    sessions: lists.flatMap(({ sessions }) => sessions),
    older: lists.reduce((sum, { older }) => sum + older, 0),
    registered: lists.flatMap(({ registered }) => registered),
    unmanaged: lists.flatMap(({ unmanaged }) => unmanaged),
  };
}

/** The list as tables for people, and how to see what it leaves out. */
export function renderSessions(
  { sessions, older, unasked, ...strangers }: Listed,
  { style, columns }: Pick<Io, "style" | "columns">,
): string {
  const lines = sessions.length === 0
    ? ["no sessions yet; start one with claude-session"]
    : sessionLines(sessions, { style, width: columns });
  if (older > 0) lines.push(style.dim(`${older} older: claude-ops session list --all`));
  const others = strangerLines(strangers, { style, width: columns });
  return [...lines, ...(others.length > 0 ? ["", ...others] : []), ...unaskedLines(unasked, { style })].join(
    "\n",
  );
}
