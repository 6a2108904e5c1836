import type { Database } from "../store/database.ts";
import { type Expiry, expiryAfter, isOver } from "./expiry.ts";
import { livenessOfOwner, type Owner, recentLiveness } from "./owner.ts";
import { checkWord } from "./words.ts";

/** What can be had by one at a time. */
export type Kind = "lock" | "claim";

export interface Grant {
  /** Grows with each grant of anything, so that of two holders of a name the later one has the higher: a fencing number. */
  number: number;
  kind: Kind;
  name: string;
  owner: Owner;
  /** ISO 8601. */
  since: string;
  /** It ends by time, not with its owner. */
  expiry?: Expiry;
  note?: string;
}

export interface TakeOptions {
  /** Milliseconds after which it ends, whether the owner lives or not. Without it, it ends with the owner. */
  ttl?: number;
  note?: string;
  /** Whether the number must survive a power cut; see Database.write. */
  durable?: boolean;
}

export type Taken =
  /** `again`: the same owner had it already. `from`: who had it and has ended. */
  | { granted: true; grant: Grant; again: boolean; from?: Owner }
  | { granted: false; holder: Grant };

/** What was granted, for those who wait for that. */
export const granted = (taken: Taken) => taken.granted ? taken : undefined;

interface Row {
  number: number;
  kind: Kind;
  name: string;
  owner_facts: string;
  since: string;
  expiry: string | null;
  note: string | null;
}

function toGrant({ number, kind, name, owner_facts, since, expiry, note }: Row): Grant {
  return {
    number,
    kind,
    name,
    owner: JSON.parse(owner_facts),
    since,
    ...(expiry === null ? {} : { expiry: JSON.parse(expiry) }),
    ...(note === null ? {} : { note }),
  };
}

/** Whether what was granted has come to its end by itself. An owner that cannot be seen from here counts as living. */
export function hasEnded(grant: Grant): boolean {
  return hasEndedBy(grant, livenessOfOwner);
}

function hasEndedBy({ owner, expiry }: Grant, liveness: typeof livenessOfOwner): boolean {
  return expiry === undefined ? liveness(owner) === "dead" : isOver(expiry);
}

/** All grants of a kind whose name fits a pattern of `*` and `?`, in the order in which they were given, ended ones too. */
export function grantsOfKind(db: Database, kind: Kind, glob = "*"): Grant[] {
  return db.all<Row>("SELECT * FROM grants WHERE kind = ? AND name GLOB ? ORDER BY number", kind, glob)
    .map(toGrant);
}

/** The grants of one owner, of a kind or of all. */
export function grantsOf(db: Database, owner: Owner, kind?: Kind): Grant[] {
  return db.all<Row>(
    "SELECT * FROM grants WHERE owner = ? AND (? IS NULL OR kind = ?) ORDER BY number",
    owner.key,
    kind ?? null,
    kind ?? null,
  ).map(toGrant);
}

/** The grant of a name, also one that has ended and that nobody took since. */
export function find(db: Database, kind: Kind, name: string): Grant | undefined {
  const row = db.get<Row>("SELECT * FROM grants WHERE kind = ? AND name = ?", kind, name);
  return row && toGrant(row);
}

/**
 * Gives a name to an owner when it is free or what has it has ended. Of any number who try at once one gets it. Who has
 * it already keeps it, under the same number and with the new `ttl`.
 * @param after runs in the same transaction when it was newly given; `before` is what had ended
 * @throws UsageFailure for a name that is none
 */
export function take(
  db: Database,
  kind: Kind,
  name: string,
  owner: Owner,
  options: TakeOptions = {},
  after: (grant: Grant, before: Grant | undefined) => void = () => {},
): Taken {
  checkWord(kind, name);
  // Most who come too late need no turn at writing to be told so.
  const seen = judge(find(db, kind, name), owner, recentLiveness);
  if (seen !== undefined && (!seen.granted || options.ttl === undefined)) return seen;
  return db.write(() => {
    const there = find(db, kind, name);
    const judged = judge(there, owner);
    if (judged?.granted && options.ttl !== undefined) {
      return { ...judged, grant: renew(db, judged.grant, options.ttl) };
    }
    if (judged !== undefined) return judged;
    if (there !== undefined) db.run("DELETE FROM grants WHERE number = ?", there.number);
    const grant = insert(db, { kind, name, owner }, options);
    after(grant, there);
    return { granted: true, again: false, grant, ...(there === undefined ? {} : { from: there.owner }) };
  }, { durable: options.durable ?? true });
}

function judge(there: Grant | undefined, owner: Owner, liveness = livenessOfOwner): Taken | undefined {
  if (there === undefined || hasEndedBy(there, liveness)) return undefined;
  return there.owner.key === owner.key
    ? { granted: true, again: true, grant: there }
    : { granted: false, holder: there };
}

function insert(
  db: Database,
  grant: Pick<Grant, "kind" | "name" | "owner">,
  { ttl, note }: TakeOptions,
): Grant {
  const since = new Date().toISOString();
  const expiry = ttl === undefined ? undefined : expiryAfter(ttl);
  const { lastInsertRowid: number } = db.run(
    "INSERT INTO grants (kind, name, owner, owner_facts, since, expiry, note) VALUES (?, ?, ?, ?, ?, ?, ?)",
    grant.kind,
    grant.name,
    grant.owner.key,
    JSON.stringify(grant.owner),
    since,
    expiry === undefined ? null : JSON.stringify(expiry),
    note ?? null,
  );
  return { number, ...grant, since, ...(expiry && { expiry }), ...(note === undefined ? {} : { note }) };
}

function renew(db: Database, grant: Grant, ttl: number): Grant {
  const expiry = expiryAfter(ttl);
  db.run("UPDATE grants SET expiry = ? WHERE number = ?", JSON.stringify(expiry), grant.number);
  return { ...grant, expiry };
}
