import type { Database } from "../store/database.ts";
import { find, type Grant, grantsOf, grantsOfKind, hasEnded, type Kind } from "./grants.ts";
import type { Owner } from "./owner.ts";

/** Who may give something back: its owner; who knows its number, for one that ends by time; or anybody, by force. */
export interface Right {
  owner?: Owner;
  number?: number;
  force?: boolean;
}

export type Returned =
  | { returned: true; grant: Grant }
  /** Nobody has it, or its owner has ended. */
  | { returned: false; holder?: undefined }
  | { returned: false; holder: Grant };

/** What somebody has, by its number or for its owner; with `force` for anybody. */
export function giveBack(db: Database, kind: Kind, name: string, right: Right): Returned {
  return db.write(() => {
    const grant = find(db, kind, name);
    if (grant === undefined) return { returned: false };
    const ended = hasEnded(grant);
    const allowed = right.force || ended || right.number === grant.number ||
      (right.number === undefined && right.owner?.key === grant.owner.key);
    if (!allowed) return { returned: false, holder: grant };
    db.run("DELETE FROM grants WHERE number = ?", grant.number);
    return ended ? { returned: false } : { returned: true, grant };
  }, { durable: kind === "lock" });
}

/** All that an owner has. Returns what it was. */
export function giveBackAll(db: Database, owner: Owner): Grant[] {
  return db.write(() => {
    const all = grantsOf(db, owner);
    for (const { number } of all) db.run("DELETE FROM grants WHERE number = ?", number);
    return all;
  }, { durable: false });
}

/** Takes away what has ended by itself, so that it is not looked at again. Returns what it was. */
export function sweep(db: Database, kind: Kind): Grant[] {
  if (!grantsOfKind(db, kind).some(hasEnded)) return [];
  return db.write(() => {
    const ended = grantsOfKind(db, kind).filter(hasEnded);
    for (const { number } of ended) db.run("DELETE FROM grants WHERE number = ?", number);
    return ended;
  }, { durable: false });
}
