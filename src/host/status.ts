import { statfsSync } from "node:fs";
import { hostname } from "node:os";
import { findAccount, ownAccount } from "../runtime/account.ts";
import { countSessions } from "../sessions/list.ts";
import { layoutOf } from "../sessions/paths.ts";
import { readWaiting } from "../updates/state.ts";
import { Versions } from "../updates/versions.ts";
import { version } from "../version.ts";
import { runAsUser } from "./as_user.ts";
import { type Installation } from "./installation.ts";
import { availableMemory } from "../runtime/memory.ts";
import { managedUsers } from "./records.ts";

export interface Status {
  hostname: string;
  claudeOps: string;
  claudeCode: {
    /** What the next session starts; null where there is none. */
    current: string | null;
    /** Other versions that are there. */
    others: string[];
    /** What is fetched and waits for sessions to end; since when, ISO 8601. */
    waiting: { version: string; since: string } | null;
  };
  users: { name: string; live: number; ended: number }[];
  /** Bytes. */
  freeMemory: number;
  /** Bytes, where versions are kept. */
  freeDisk: number;
}

/** What runs here and how much room there is, at a glance; `doctor` says whether it is well. */
export async function status(place: Installation): Promise<Status> {
  const versions = new Versions(place.versions);
  const current = await versions.current() ?? null;
  const others = (await versions.list()).filter((version) => version !== current);
  const waiting = readWaiting(place.versions);
  const users = place.scope === "system"
    ? await Promise.all(managedUsers().map(askAs))
    : [{ name: ownAccount().name, ...countSessions(layoutOf({ HOME: place.home })) }];
  return {
    hostname: hostname(),
    claudeOps: version,
    claudeCode: {
      current,
      others,
      waiting: waiting ? { version: waiting.version, since: waiting.since } : null,
    },
    users,
    freeMemory: availableMemory(),
    freeDisk: freeDisk(place.versions, place.home),
  };
}

async function askAs(name: string): Promise<Status["users"][number]> {
  const account = findAccount(name);
  if (!account || account.uid === 0) return { name, live: 0, ended: 0 };
  const { users } = await runAsUser(account, ["status"]);
  const told = (Array.isArray(users) ? users[0] : undefined) ?? {};
  return { name, live: Number(told.live) || 0, ended: Number(told.ended) || 0 };
}

function freeDisk(...paths: string[]): number {
  for (const path of paths) {
    try {
      const { bavail, bsize } = statfsSync(path);
      return bavail * bsize;
    } catch {
      // not there yet
    }
  }
  return 0;
}
