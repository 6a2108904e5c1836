import type { Environment } from "../claude/environment.ts";
import { heldFiles } from "../guard/held_files.ts";
import type { Liveness } from "../runtime/process.ts";
import { liveSessions } from "../sessions/live.ts";
import type { Layout } from "../sessions/paths.ts";
import { presenceOf } from "../sessions/presence.ts";
import type { Database } from "../store/database.ts";
import { addEvent } from "./events.ts";
import { sweep } from "./give_back.ts";
import { type Grant, grantsOf, grantsOfKind, type Kind } from "./grants.ts";
import { forOneCommand } from "./locks.ts";
import { livenessOfOwner, type Owner, ownerOfSession } from "./owner.ts";
import { returnTasks } from "./queue.ts";
import { type Task, tasksOf, workers } from "./tasks.ts";

/** A session or process that is there, and what it has. */
export interface Member {
  owner: Owner;
  liveness: Liveness;
  /** What a session does, by Claude Code's own words: busy, idle, …; missing for other processes. */
  doing?: string;
  project?: string;
  claims: Grant[];
  locks: Grant[];
  /** Paths that it edits, as the guard has it. */
  files: string[];
  tasks: Task[];
}

export interface Health {
  members: Member[];
  /** What those had who have ended; it is free, and told once. */
  freed: Grant[];
  /** How many tasks went back to their queues. */
  returned: number;
}

const kinds: readonly Kind[] = ["claim", "lock"];

/** Who is there by the kernel's word, what each has, and what was left by those who are gone: nobody sends a sign of life. */
export async function health(db: Database, layout: Layout, env: Environment): Promise<Health> {
  const freed = kinds.flatMap((kind) => sweep(db, kind)).filter(({ note }) => note !== forOneCommand);
  for (const { kind, name, owner } of freed) {
    addEvent(db, "claude-ops", {
      type: "freed",
      message: `${kind} ${name} of ${owner.name}, which has ended`,
    });
  }
  const returned = returnTasks(db);
  // Their UUIDs sort by age.
  const records = liveSessions(layout).map(({ record }) => record).sort((a, b) => a.id < b.id ? -1 : 1);
  const sessions = records.map((record) => ({
    owner: ownerOfSession(record),
    doing: presenceOf(layout, record).doing,
    project: record.project,
  }));
  const known = new Set(sessions.map(({ owner }) => owner.key));
  const others = new Map<string, Owner>();
  for (const kind of kinds) for (const { owner } of grantsOfKind(db, kind)) others.set(owner.key, owner);
  for (const owner of workers(db)) others.set(owner.key, owner);
  const rest = [...others.values()].filter(({ key }) => !known.has(key)).map((owner) => ({ owner }));
  const edited = await heldFiles(layout, env);
  const filesOf = ({ identity: { pid } }: Owner) =>
    edited.filter(({ session }) => session.pid === pid).map(({ path }) => path);
  const members = [...sessions, ...rest].map((who) => ({ ...member(db, who), files: filesOf(who.owner) }));
  return { members, freed, returned };
}

function member(db: Database, who: Pick<Member, "owner" | "doing" | "project">): Omit<Member, "files"> {
  return {
    ...who,
    liveness: livenessOfOwner(who.owner),
    claims: grantsOf(db, who.owner, "claim"),
    locks: grantsOf(db, who.owner, "lock"),
    tasks: tasksOf(db, who.owner),
  };
}
