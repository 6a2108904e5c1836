import { claudeProcesses } from "../claude/processes.ts";
import { listSessions } from "../sessions/list.ts";
import { layoutOf } from "../sessions/paths.ts";
import { runAsUser } from "./as_user.ts";
import { type Installation } from "./installation.ts";
import { findAccount } from "../runtime/account.ts";

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
}

/** Asked as that user: their directories are theirs to read. */
async function sessionsOf(user: string): Promise<Listed[]> {
  const account = findAccount(user);
  if (!account || account.uid === 0) return [];
  const { sessions } = await runAsUser(account, ["session", "list"]);
  return Array.isArray(sessions) ? sessions as Listed[] : [];
}
