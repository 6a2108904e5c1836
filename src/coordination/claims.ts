import type { Database } from "../store/database.ts";
import { addEvent } from "./events.ts";
import { waitFor } from "./follow.ts";
import { giveBack, type Returned, type Right } from "./give_back.ts";
import { type Grant, granted, grantsOfKind, hasEnded, take, type Taken } from "./grants.ts";
import type { Owner } from "./owner.ts";

/**
 * Claims anything by a name such as `issue:15`: of any number who try at once one gets it, the others are told who and
 * since when. It ends when it is given back or its owner ends.
 */
export function claim(
  db: Database,
  name: string,
  owner: Owner,
  options: { note?: string; ttl?: number } = {},
): Taken {
  // A claim ends with its owner, and a power cut ends all owners: it needs no disk.
  const durable = options.ttl !== undefined;
  return take(db, "claim", name, owner, { ...options, durable }, (grant, before) =>
    addEvent(db, owner.name, {
      type: "claimed",
      message: before === undefined ? name : `${name}, from ${before.owner.name}, which has ended`,
      data: { claim: name, ...(grant.note === undefined ? {} : { note: grant.note }) },
    }));
}

/** Gives a claim back, and tells the others so. */
export function unclaim(db: Database, name: string, right: Right): Returned {
  return db.write(() => {
    const returned = giveBack(db, "claim", name, right);
    if (returned.returned) {
      const { owner } = returned.grant;
      const by = right.owner ?? owner;
      const message = by.key === owner.key ? name : `${name}, of ${owner.name}`;
      addEvent(db, by.name, { type: "unclaimed", message, data: { claim: name } });
    }
    return returned;
  }, { durable: false });
}

/** The claims that hold, by a pattern of `*` and `?`. */
export function claims(db: Database, glob?: string): Grant[] {
  return grantsOfKind(db, "claim", glob).filter((grant) => !hasEnded(grant));
}

/** Milliseconds until a waiter notices that an owner has died: the kernel tells nobody. */
const pulse = 200;

/** Claims it, waiting for `patience` milliseconds while somebody else has it. */
export async function awaitClaim(
  db: Database,
  name: string,
  owner: Owner,
  options: { note?: string; ttl?: number },
  patience: number,
): Promise<Taken> {
  const attempt = () => claim(db, name, owner, options);
  return await waitFor(db, patience, () => granted(attempt()), pulse) ?? attempt();
}
