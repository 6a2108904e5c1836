import type { Environment } from "../claude/environment.ts";
import { identityOf, type Liveness, livenessOf, type ProcessIdentity } from "../runtime/process.ts";
import { isId } from "../sessions/id.ts";
import type { Layout } from "../sessions/paths.ts";
import { sessionLiveness } from "../sessions/presence.ts";
import { readRecord, type SessionRecord } from "../sessions/record.ts";

/** A session that holds something. */
export interface Holder {
  /** Of a session that claude-ops started. */
  id?: string;
  name: string;
  identity: ProcessIdentity;
}

/**
 * The session that a hook or an MCP server of Claude Code works for, by its environment: CLAUDE_CONFIG_DIR, and
 * CLAUDE_PID since 2.1.213. Undefined outside of any.
 */
export function ownHolder(layout: Layout, env: Environment): Holder | undefined {
  const record = ownRecord(layout, env);
  if (record !== undefined) return { id: record.id, name: record.name, identity: record.identity };
  const identity = identityOf(Number(env.CLAUDE_PID) || process.ppid);
  return identity && { name: `claude-${identity.pid}`, identity };
}

/** The id of the session whose config dir the environment names; undefined for one that is not ours. */
export function ownId(layout: Layout, env: Environment): string | undefined {
  const directory = env.CLAUDE_CONFIG_DIR ?? "";
  const id = directory.slice(directory.lastIndexOf("/") + 1);
  return isId(id) && directory === `${layout.sessions}/${id}` ? id : undefined;
}

/** What is written down of that session. */
export function ownRecord(layout: Layout, env: Environment): SessionRecord | undefined {
  const id = ownId(layout, env);
  if (id === undefined) return undefined;
  const record = readRecord(`${layout.sessions}/${id}`);
  return record === undefined || "unreadable" in record ? undefined : record;
}

export const isSameHolder = (a: Holder, b: Holder): boolean =>
  a.id !== undefined || b.id !== undefined
    ? a.id === b.id
    : a.identity.pid === b.identity.pid && a.identity.startTime === b.identity.startTime &&
      a.identity.pidNamespace === b.identity.pidNamespace && a.identity.bootId === b.identity.bootId;

/** Whether a holder still lives, by the kernel; a session that was resumed meanwhile does. */
export function holderLiveness(layout: Layout, { id, identity }: Holder): Liveness {
  if (id === undefined) return livenessOf(identity);
  const record = readRecord(`${layout.sessions}/${id}`);
  return record === undefined || "unreadable" in record
    ? livenessOf(identity)
    : sessionLiveness(layout, record);
}
