import { readFileSync } from "node:fs";
import type { Environment } from "../claude/environment.ts";
import { Failure } from "../errors.ts";
import { identityOf, type Liveness, livenessOf, type ProcessIdentity } from "../runtime/process.ts";
import { readRecord, type SessionRecord } from "../sessions/record.ts";

/** Who holds something: a process, for as long as the kernel says that it lives. A session is the process that it is. */
export interface Owner {
  /** One word for the process, never another one's. */
  key: string;
  /** What people call it. */
  name: string;
  /** UUID, where it is a session. */
  session?: string;
  identity: ProcessIdentity;
}

/** The session whose record this is, as the process that it was last started as. */
export function ownerOfSession({ id, name, identity }: SessionRecord): Owner {
  return { key: keyOf(identity), name, session: id, identity };
}

/** The session that this process belongs to, by CLAUDE_CONFIG_DIR; undefined outside of one, and for one that has ended. */
export function sessionOwner(env: Environment): Owner | undefined {
  const record = recordOf(env);
  return record !== undefined && livenessOf(record.identity) !== "dead" ? ownerOfSession(record) : undefined;
}

/** The record of the session that this process belongs to, whether that still runs or not. */
export function recordOf(env: Environment): SessionRecord | undefined {
  const directory = env.CLAUDE_CONFIG_DIR?.replace(/\/+$/, "");
  const record = directory ? readRecord(directory) : undefined;
  return record === undefined || "unreadable" in record ? undefined : record;
}

/**
 * A process as an owner, under its program's name and pid when it has no better one.
 * @throws Failure when there is no such process
 */
export function ownerOfProcess(pid: number, named: { name?: string; session?: string } = {}): Owner {
  const identity = identityOf(pid);
  if (identity === undefined) {
    throw new Failure(`there is no process ${pid} that could hold something`, {
      hint: "name one that runs with --pid, or hold it for a time with --ttl",
    });
  }
  const { name = `${programOf(pid)} (${pid})`, session } = named;
  return { key: keyOf(identity), name, ...(session === undefined ? {} : { session }), identity };
}

/** By the process that an owner is. */
export function livenessOfOwner({ identity }: Owner): Liveness {
  return livenessOf(identity);
}

/** Milliseconds. */
const lately = 1;
let lastAlive = { key: "", at: -Infinity };

/** What it was at most a millisecond ago, for those who ask often: to ask the kernel is half of what a claim in vain costs. */
export function recentLiveness(owner: Owner): Liveness {
  const now = performance.now();
  if (owner.key === lastAlive.key && now - lastAlive.at < lately) return "live";
  const liveness = livenessOfOwner(owner);
  if (liveness === "live") lastAlive = { key: owner.key, at: now };
  return liveness;
}

const keyOf = ({ bootId, pidNamespace, pid, startTime }: ProcessIdentity) =>
  `${bootId}/${pidNamespace}/${pid}/${startTime}`;

function programOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, "utf8").trim();
  } catch {
    return "process";
  }
}
