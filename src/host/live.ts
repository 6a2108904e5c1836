import { claudeProcesses } from "../claude/processes.ts";
import { listSessions } from "../sessions/list.ts";
import { layoutOf } from "../sessions/paths.ts";
import { runAsUser } from "./as_user.ts";
import { type Installation } from "./installation.ts";
import { findAccount, ownAccount } from "../runtime/account.ts";
import type { Crowd } from "../updates/occupants.ts";

export interface LiveProcess {
  pid: number;
  /** The session's name, or what it runs. */
  name: string;
}

/** What runs on this installation: its users' live sessions, and every process of its Claude Code versions. */
export async function liveOn(place: Installation, users: readonly string[]): Promise<LiveProcess[]> {
  const found = new Map<number, LiveProcess>();
  for (const { pid, executable } of claudeProcesses([place.versions])) {
    if (executable.startsWith(`${place.versions}/`)) found.set(pid, { pid, name: executable });
  }
  const sessions = place.scope === "system"
    ? (await Promise.all(users.map(sessionsOf))).flat()
    : listSessions(layoutOf({ HOME: place.home }), false).sessions;
  for (const { live, pid, name, id } of sessions) if (live && pid) found.set(pid, { pid, name: name ?? id });
  return [...found.values()];
}

interface Listed {
  id: string;
  name: string | null;
  pid: number | null;
  live: boolean;
  state?: string;
  version?: string | null;
}

/** They can answer what they like. */
function isListed(told: unknown): told is Listed {
  const { id, name, pid, live, version } = (told ?? {}) as Record<string, unknown>;
  const isText = (value: unknown) => typeof value === "string";
  return isText(id) && (isText(name) || name === null) && (Number.isSafeInteger(pid) || pid === null) &&
    typeof live === "boolean" && (isText(version) || version === undefined || version === null);
}

/** Asked as that user: their directories are theirs to read, and nobody waits long for what they own. */
async function sessionsOf(user: string): Promise<Listed[]> {
  const account = findAccount(user);
  if (!account || account.uid === 0) return [];
  const { sessions } = await runAsUser(account, ["session", "list"], undefined, { limit: 10_000 });
  return Array.isArray(sessions) ? sessions.filter(isListed) : [];
}

/**
 * Who may be in the way of an update: on a host that root set up everybody, else only who it is for. A user who cannot be
 * asked has no sessions to name; the kernel shows their processes all the same.
 */
export async function crowdOn(place: Installation, users: readonly string[]): Promise<Crowd> {
  const lists = place.scope === "system"
    ? await Promise.all(users.map(async (user) => ({ user, list: await sessionsOf(user).catch(() => []) })))
    : [{
      user: ownAccount().name,
      list: listSessions(layoutOf({ HOME: place.home }), false).sessions as Listed[],
    }];
  const all = lists.flatMap(({ user, list }) => list.map((one) => ({ ...one, user })));
  return {
    live: all.flatMap(({ user, live, pid, name, id }) =>
      live && Number.isSafeInteger(pid) ? [{ user, pid: pid!, name: String(name ?? id).slice(0, 80) }] : []
    ),
    elsewhere: all.flatMap(({ state, version }) => state === "elsewhere" && version ? [version] : []),
    ...(place.scope === "system" ? {} : { uid: process.getuid!() }),
  };
}
