import type { Database } from "../store/database.ts";
import { addEvent } from "./events.ts";
import { waitFor } from "./follow.ts";
import { giveBack, type Returned, type Right, sweep } from "./give_back.ts";
import { type Grant, granted, grantsOfKind, hasEnded, take, type Taken } from "./grants.ts";
import type { Owner } from "./owner.ts";

/** The lock of the end of work, which one session at a time does, and how long others wait for it unless told. */
export const endLock = { name: "end", patience: 30_000 } as const;

/** The note of a lock that a command holds by living: that it ended is no news. */
export const forOneCommand = "for one command";

/** Milliseconds until a waiter notices that a holder has died: the kernel tells nobody. */
const pulse = 50;

/**
 * Takes a lock for an owner, waiting for `patience` milliseconds while another one has it. What a dead owner had is free
 * at once, what a live one has never is.
 */
export async function acquire(
  db: Database,
  name: string,
  owner: Owner,
  { patience = 0, ...options }: { patience?: number; ttl?: number; note?: string } = {},
): Promise<Taken> {
  const attempt = () =>
    take(db, "lock", name, owner, options, (grant, before) => {
      if (before !== undefined && before.note !== forOneCommand) tellTakeover(db, grant, before.owner);
    });
  return await waitFor(db, patience, () => granted(attempt()), pulse) ?? attempt();
}

/** Gives a lock back; see {@link giveBack}. */
export function release(db: Database, name: string, right: Right): Returned {
  return giveBack(db, "lock", name, right);
}

/** The locks that are held. */
export function locks(db: Database): Grant[] {
  return grantsOfKind(db, "lock").filter((grant) => !hasEnded(grant));
}

/** Forgets the locks of owners that have ended, which hold nobody up anyway. Returns them. */
export function cleanLocks(db: Database): Grant[] {
  return sweep(db, "lock");
}

function tellTakeover(db: Database, { name, owner, number }: Grant, from: Owner): void {
  addEvent(db, owner.name, {
    type: "lock-taken-over",
    message: `${name}, from ${from.name}, which has ended`,
    data: { lock: name, number },
  });
}
