import { writeSync } from "node:fs";
import { loadConfig } from "../../config/load.ts";
import type { Config } from "../../config/schema.ts";
import { sinceWhen } from "../../config/since.ts";
import { UsageFailure } from "../../errors.ts";
import type { Filter, Origin } from "../../memory/memory.ts";
import { openMemory } from "../../memory/open.ts";
import { originOf } from "../../memory/origin.ts";
import type { Database } from "../../store/database.ts";
import { sentence } from "../../store/repair.ts";

export interface FilterOptions {
  project: string | undefined;
  branch: string | undefined;
  session: string | undefined;
  tag: string[];
  since: string | undefined;
  before: string | undefined;
}

/** @throws UsageFailure for a time that is none */
export function filterOf({ project, branch, session, tag, since, before }: FilterOptions): Filter {
  return {
    ...(project === undefined ? {} : { project }),
    ...(branch === undefined ? {} : { branch }),
    ...(session === undefined ? {} : { session }),
    ...(tag.length === 0 ? {} : { tags: tag }),
    ...(since === undefined ? {} : { since: Date.parse(sinceWhen(since)) }),
    ...(before === undefined ? {} : { before: Date.parse(sinceWhen(before)) }),
  };
}

export interface Here {
  database: Database;
  config: Config;
  origin: Origin;
}

/** The memory of this user, seen from the current directory or another one. */
export async function memoryHere(directory = "."): Promise<Here> {
  const origin = originOf(process.env, directory, "cli");
  const config = await loadConfig({ system: false });
  const database = openMemory(process.env, config);
  if (database.repaired !== undefined) writeSync(2, `claude-ops: ${sentence(database.repaired)}\n`);
  return { database, config, origin };
}

/** @throws UsageFailure for what is no number of a memory */
export function idOf(word: string): number {
  const id = /^#?(\d{1,15})$/.exec(word)?.[1];
  if (id !== undefined) return Number(id);
  throw new UsageFailure(
    `no number of a memory: ${JSON.stringify(word)}`,
    "memory list and memory search show them",
  );
}
