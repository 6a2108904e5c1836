import { type Decision, decisionsOf } from "../claude/decisions.ts";
import { Failure, UsageFailure } from "../errors.ts";
import { nearest } from "../nearest.ts";
import { addShared } from "./add_shared.ts";
import { configOf, type Difference, differencesOf } from "./compare.ts";
import { ensureLayout, type Layout } from "./paths.ts";
import type { SessionRecord } from "./record.ts";
import { remember } from "./trust.ts";

export interface Choice {
  /** What would be brought back, as it was when it was looked at. */
  chosen: Difference[];
  decisions: Decision[];
  /** Something else is shared under the same key: left out unless it is to be replaced. */
  conflicts: Difference[];
}

/**
 * What `share` would bring back from a session.
 * @param keys all that can be brought back when empty
 * @throws Failure for a key that the session does not have, or one in conflict that was named and is not to be replaced
 */
export function choose(
  layout: Layout,
  record: SessionRecord,
  keys: readonly string[],
  replace: boolean,
): Choice {
  if (replace && keys.length === 0) {
    throw new UsageFailure("--replace needs to know what it may replace", "name the keys");
  }
  const config = configOf(layout, record);
  const has = decisionsOf(config);
  for (const key of keys) {
    if (!has.some((decision) => decision.key === key)) throw unknown(key, record.name, has);
  }
  const wanted = differencesOf(layout, record, config).filter(({ key, side }) =>
    side !== "shared" && (keys.length === 0 || keys.includes(key))
  );
  const conflicts = wanted.filter(({ side }) => side === "differs" && !replace);
  if (conflicts.length > 0 && keys.length > 0) throw inConflict(conflicts[0]!, record.name);
  const chosen = wanted.filter((difference) => !conflicts.includes(difference));
  const names = new Set(chosen.map(({ key }) => key));
  return { chosen, decisions: has.filter(({ key }) => names.has(key)), conflicts };
}

export interface Result {
  shared: string[];
  replaced: string[];
  /** Something else was shared under the same key meanwhile: left alone. */
  conflicts: string[];
}

/**
 * Brings back what was chosen.
 * @throws Failure when the shared file cannot be read or written
 */
export function share(layout: Layout, { chosen, decisions }: Choice): Result {
  ensureLayout(layout);
  const trust = decisions.filter(isTrust);
  const others = decisions.filter((decision) => !isTrust(decision));
  const replaceable = new Set(chosen.flatMap(({ key, side }) => side === "differs" ? [key] : []));
  const done = addShared(layout, others, replaceable);
  remember(layout, trust.map(({ directory }) => directory!));
  return {
    shared: keysOf([...done.added, ...done.same, ...trust]),
    replaced: keysOf(done.replaced),
    conflicts: keysOf(done.conflicts),
  };
}

const keysOf = (decisions: readonly Decision[]) => decisions.map(({ key }) => key);
const isTrust = ({ kind }: Decision) => kind === "trust";

function unknown(key: string, session: string, has: readonly Decision[]): Failure {
  const near = nearest(key, keysOf(has));
  return new UsageFailure(
    `session ${session} has nothing called ${JSON.stringify(key)}`,
    near === undefined ? "see: claude-ops session diff" : `did you mean ${near}?`,
  );
}

function inConflict({ key, parts }: Difference, session: string): Failure {
  const where = parts?.length ? ` (${parts.join(", ")})` : "";
  return new Failure(`${key} of session ${session} is not what is shared under that name${where}`, {
    hint: "see claude-ops session diff; --replace puts this one in its place",
    code: "conflict",
  });
}
