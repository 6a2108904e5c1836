import { existsSync } from "node:fs";
import type { Environment } from "../claude/environment.ts";
import type { Config } from "../config/schema.ts";
import type { Layout } from "../sessions/paths.ts";
import { readRecord } from "../sessions/record.ts";
import { isAbandoned } from "../updates/scratch.ts";
import type { Item } from "./item.ts";
import { archived, entries, removingOf, trashed } from "./places.ts";
import { configuredRules, type Due, due } from "./rules.ts";
import { leftTemporaryFiles } from "./temporary_files.ts";

/** Everything that a cleanup does, in this order. */
export interface Plan {
  items: Item[];
  sessions: Due[];
}

/** What is to be done now; nothing is changed by looking. */
export async function plan(layout: Layout, config: Config, env: Environment, now: number): Promise<Plan> {
  return {
    items: [
      ...leftovers(layout),
      ...lostNotices(layout),
      ...oldTrash(layout, now - config.cleanup.trash_age),
      ...oldArchives(layout, now - config.cleanup.archive_age),
      ...await leftTemporaryFiles(layout, env, now),
    ],
    sessions: due(layout, configuredRules(config), now),
  };
}

/** Sentences for sessions that are not there any more. */
function lostNotices({ notices, sessions }: Layout): Item[] {
  return entries(notices).filter((id) => !existsSync(`${sessions}/${id}`)).map((id) => ({
    kind: "leftover",
    parent: notices,
    entry: id,
    name: id,
    reason: "a word for a session that is gone",
  }));
}

/** What a killed cleanup, prune or restore was at. */
export function leftovers(layout: Layout): Item[] {
  const removing = removingOf(layout);
  const item = (parent: string, entry: string): Item => ({
    kind: "leftover",
    parent,
    entry,
    name: entry,
    reason: "an interrupted cleanup",
  });
  return [
    ...entries(removing).map((entry) => item(removing, entry)),
    ...entries(layout.ops).filter((entry) => isAbandoned(layout.ops, entry)).map((entry) =>
      item(layout.ops, entry)
    ),
  ];
}

/** What went to the trash before that time (ms); a time in the future is of a clock that was wrong. */
export function oldTrash(layout: Layout, before: number): Item[] {
  return trashed(layout).filter(({ time }) => time < before).map(({ id, run }) => {
    const record = readRecord(`${run}/${id}`);
    const name = record === undefined || "unreadable" in record ? id : record.name;
    return { kind: "trash", parent: run, entry: id, name, reason: "long enough in the trash" };
  });
}

function oldArchives(layout: Layout, before: number): Item[] {
  return archived(layout).filter(({ time }) => time < before).map(({ fileName, name, file }) => ({
    kind: "archive",
    parent: file.slice(0, -fileName.length - 1),
    entry: fileName,
    name,
    reason: "kept long enough",
  }));
}
