import { statfsSync } from "node:fs";
import { hostname } from "node:os";
import { ownAccount } from "../runtime/account.ts";
import { countSessions } from "../sessions/list.ts";
import { layoutOf } from "../sessions/paths.ts";
import { readWaiting } from "../updates/state.ts";
import { Versions } from "../updates/versions.ts";
import { version } from "../version.ts";
import { askUsers, type Unasked } from "./ask_users.ts";
import { type Installation } from "./installation.ts";
import type { ForeignClaude } from "../claude/foreign.ts";
import { beside } from "./resources/beside_others.ts";
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
    /** Installed by others, here or in the homes of `users`: no session starts these. */
    foreign: Foreign[];
  };
  users: { name: string; live: number; ended: number }[];
  /** Managed users of whom root could learn nothing. */
  unasked?: Unasked[];
  /** Bytes. */
  freeMemory: number;
  /** Bytes, where versions are kept. */
  freeDisk: number;
}

export type Foreign = Pick<ForeignClaude, "how" | "path"> & { version: string | null };

/** What runs here and how much room there is, at a glance; `doctor` says whether it is well. */
export async function status(place: Installation): Promise<Status> {
  const versions = new Versions(place.versions);
  const current = await versions.current() ?? null;
  const others = (await versions.list()).filter((version) => version !== current);
  const waiting = readWaiting(place.versions);
  const { homes, unasked } = place.scope === "system" ? await homesOf(managedUsers()) : ownHome(place);
  const foreign = beside(place)().map(({ how, path, version = null }) => ({ how, path, version }));
  return {
    hostname: hostname(),
    claudeOps: version,
    claudeCode: {
      current,
      others,
      waiting: waiting ? { version: waiting.version, since: waiting.since } : null,
      foreign: [...foreign, ...homes.flatMap((home) => home.foreign)],
    },
    users: homes.map(({ user }) => user),
    ...(unasked.length > 0 ? { unasked } : {}),
    freeMemory: availableMemory(),
    freeDisk: freeDisk(place.versions, place.home),
  };
}

interface Home {
  user: Status["users"][number];
  foreign: Foreign[];
}

interface Homes {
  homes: Home[];
  unasked: Unasked[];
}

function ownHome({ home }: Installation): Homes {
  const counted = countSessions(layoutOf({ HOME: home }));
  return { homes: [{ user: { name: ownAccount().name, ...counted }, foreign: [] }], unasked: [] };
}

async function homesOf(names: readonly string[]): Promise<Homes> {
  const { answers, unasked } = await askUsers(names, ["status"]);
  const told = new Map(answers.map((answer) => [answer.user, answer.told]));
  const failed = new Set(unasked.map(({ user }) => user));
  return {
    homes: names.filter((name) => !failed.has(name)).map((name) => homeFrom(name, told.get(name))),
    unasked,
  };
}

function homeFrom(name: string, told: Record<string, unknown> = {}): Home {
  const { live, ended } = Object(Array.isArray(told.users) ? told.users[0] : undefined);
  const { foreign } = Object(told.claudeCode);
  return {
    user: { name, live: Number(live) || 0, ended: Number(ended) || 0 },
    foreign: (Array.isArray(foreign) ? foreign : []).filter(isForeign),
  };
}

const isForeign = (told: unknown): told is Foreign => {
  const { how, path, version } = Object(told);
  return typeof how === "string" && typeof path === "string" &&
    (version === null || typeof version === "string");
};

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
