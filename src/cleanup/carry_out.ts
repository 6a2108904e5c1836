import { existsSync, renameSync, rmdirSync } from "node:fs";
import { errno, explainFailure } from "../errors.ts";
import { mergeIndex } from "../memory/merge_index.ts";
import { Measure } from "../runtime/measure_tree.ts";
import { removeTree } from "../runtime/remove_tree.ts";
import { newId } from "../sessions/id.ts";
import { liveSessions } from "../sessions/live.ts";
import type { Layout } from "../sessions/paths.ts";
import { backUpDaily } from "../store/daily_backup.ts";
import { Database } from "../store/database.ts";
import { ensurePlace, removingOf } from "./places.ts";
import type { Item } from "./item.ts";
import type { Plan } from "./plan.ts";
import { prune, type PruneOptions } from "./prune.ts";
import type { Due } from "./rules.ts";

/** What is done to one thing. */
export interface Action {
  kind: Item["kind"] | "session" | "version" | "database";
  /** A session's UUID, else the path. */
  id: string;
  name: string;
  reason: string;
  /** `trash`: it can be restored from there. */
  action: "trash" | "remove";
  /** What was said in it is kept. */
  archived: boolean;
  /** Bytes that this frees at once. */
  freed: number;
  /** Why it was not done, or not all of it. */
  problem?: string;
}

export interface Report {
  dryRun: boolean;
  actions: Action[];
  /** Bytes. */
  freed: number;
  /** Bytes that the emptying of the trash frees later; only a dry run looks. */
  later?: number;
}

/** What a plan would do and free, with nothing done. */
export function rehearse(layout: Layout, { items, sessions }: Plan, options: PruneOptions): Report {
  const measure = new Measure();
  const actions = items.map((item) => itemAction(item, measure.of(item.parent, item.entry)));
  const sizes = sessions.map((due) => measure.of(layout.sessions, due.record.id));
  actions.push(...sessions.map((due, i) => sessionAction(due, options, options.trash ? 0 : sizes[i]!)));
  const later = options.trash ? sizes.reduce((sum, size) => sum + size, 0) : 0;
  return { dryRun: true, actions, freed: total(actions), later };
}

/** Does what a plan says. What cannot be done is told and hinders nothing else. */
export function carryOut(layout: Layout, { items, sessions }: Plan, options: PruneOptions): Report {
  const actions = items.map((item) => {
    const { freed, left } = removeItem(layout, item);
    return { ...itemAction(item, freed), ...(left === undefined ? {} : { problem: left }) };
  });
  // What they know of trust is kept when they leave the index of live ones.
  if (sessions.length > 0) liveSessions(layout);
  for (const { due, freed, problem } of prune(layout, sessions, options)) {
    actions.push({ ...sessionAction(due, options, freed), ...(problem === undefined ? {} : { problem }) });
  }
  const problem = backUpDaily(layout.ops, options.now);
  if (problem !== undefined) actions.push(undone(`${layout.ops}/state.db`, "daily backup", problem));
  const unmerged = mergeMemories(layout.ops);
  if (unmerged !== undefined) actions.push(undone(`${layout.ops}/state.db`, "index of memories", unmerged));
  return { dryRun: false, actions, freed: total(actions) };
}

/** @returns what went wrong, in words */
function mergeMemories(directory: string): string | undefined {
  if (!existsSync(`${directory}/state.db`)) return undefined;
  let database: Database | undefined;
  try {
    database = new Database(directory);
    mergeIndex(database);
    return undefined;
  } catch (error) {
    return explainFailure(error).message;
  } finally {
    database?.close();
  }
}

/** The one thing that is told of the care for the database. */
const undone = (path: string, reason: string, problem: string): Action => ({
  kind: "database",
  id: path,
  name: path,
  reason,
  action: "remove",
  archived: false,
  freed: 0,
  problem,
});

function removeItem(layout: Layout, { kind, parent, entry }: Item): { freed: number; left?: string } {
  if (kind !== "trash") return removeTree(parent, entry);
  // A session that somebody wants back meanwhile is there whole or not at all.
  const [removing, name] = [removingOf(layout), newId()];
  try {
    ensurePlace(removing);
    renameSync(`${parent}/${entry}`, `${removing}/${name}`);
  } catch (error) {
    const why = errno(error) ?? explainFailure(error).message;
    return why === "ENOENT" ? { freed: 0 } : { freed: 0, left: `it cannot be moved: ${why}` };
  }
  const removal = removeTree(removing, name);
  try {
    rmdirSync(parent);
  } catch {
    // There is more in it.
  }
  return removal;
}

function itemAction({ kind, parent, entry, name, reason }: Item, freed: number): Action {
  const id = kind === "trash" ? entry : `${parent}/${entry}`;
  return { kind, id, name, reason, action: "remove", archived: false, freed };
}

function sessionAction(
  { record, reason, spoken }: Due,
  { trash, archive }: PruneOptions,
  freed: number,
): Action {
  return {
    kind: "session",
    id: record.id,
    name: record.name,
    reason,
    action: trash ? "trash" : "remove",
    archived: archive && spoken,
    freed,
  };
}

const total = (actions: readonly Action[]) => actions.reduce((sum, { freed }) => sum + freed, 0);
