import { Failure } from "../errors.ts";
import type { Database } from "../store/database.ts";
import type { Memory, Origin } from "./memory.ts";
import { byId, cleaned, hexHash, save } from "./save.ts";

/** Something to be remembered that comes from a file. */
export interface Imported {
  /** File, and line where it has many, for what is said about it. */
  where: string;
  text: string;
  tags?: readonly string[];
  /** Milliseconds since 1970. */
  time?: number;
  /** What is left out is as of who imports. */
  project?: string;
  branch?: string | null;
  session?: string | null;
  sessionName?: string | null;
  author?: string;
  source?: string;
  /** The note that it is: when that has changed since, what it says now takes the place of what it said. */
  note?: string;
  /** The memory that was written there, with the hash that its text had then. */
  known?: { id: number; hash: string };
  /** Its number, and the number of what took its place, where it was exported. */
  id?: number;
  replacedBy?: number;
}

export interface ImportResult {
  added: number;
  /** Were there already. */
  known: number;
  /** Took the place of what they said before. */
  replaced: number;
  refused: { where: string; why: string }[];
}

/** Memories that are saved in one transaction: others wait for it. */
const batch = 200;

/**
 * Saves all of it; what is there already is recognised. When it is ended half way, importing again adds the rest.
 * @param progress called with the number that are done
 */
export function importAll(
  database: Database,
  origin: Origin,
  imported: readonly Imported[],
  progress: (done: number) => void = () => {},
): ImportResult {
  const result: ImportResult = { added: 0, known: 0, replaced: 0, refused: [] };
  const numbers = new Map<number, number>();
  for (let at = 0; at < imported.length; at += batch) {
    const part = imported.slice(at, at + batch);
    // A transaction may run again, so what it counts is taken over once it is done.
    const outcomes = database.write(() => part.map((each) => importOne(database, origin, each)));
    for (const [i, outcome] of outcomes.entries()) {
      const { where, id } = part[i]!;
      if ("why" in outcome) result.refused.push({ where, why: outcome.why });
      else {
        result[outcome.how]++;
        if (id !== undefined) numbers.set(id, outcome.id);
      }
    }
    progress(at + part.length);
  }
  linkHistory(database, imported, numbers);
  return result;
}

type Outcome = { how: "added" | "known" | "replaced"; id: number } | { why: string };

function importOne(database: Database, importer: Origin, each: Imported): Outcome {
  try {
    const text = cleaned(each.text);
    const before = earlier(database, each);
    const origin: Origin = {
      project: each.project ?? before?.project ?? importer.project,
      branch: before !== undefined ? before.branch : each.branch ?? null,
      session: each.session ?? null,
      sessionName: each.sessionName ?? null,
      author: each.author ?? importer.author,
      source: each.note !== undefined ? `import:${each.note}` : each.source ?? importer.source,
    };
    const time = each.time === undefined ? {} : { time: each.time };
    const tags = each.tags ?? [];
    if (before === undefined || before.project !== origin.project) {
      const { memory, duplicate } = save(database, origin, { text, tags, ...time });
      return { how: duplicate ? "known" : "added", id: memory.id };
    }
    if (hexHash(before.text) === hexHash(text)) {
      return {
        how: "known",
        id: save(database, { ...origin, branch: before.branch }, { text, tags }).memory.id,
      };
    }
    const { memory } = save(database, origin, { text, tags, replaces: before.id, ...time });
    return { how: "replaced", id: memory.id };
  } catch (error) {
    if (error instanceof Failure) return { why: error.message };
    throw error;
  }
}

/** What the same note said before, in its newest form. */
function earlier(database: Database, { note, known }: Imported): Memory | undefined {
  if (known !== undefined) {
    const memory = byId(database, known.id);
    // Numbers are of one database: the hash tells whether it is this one's.
    return memory !== undefined && hexHash(memory.text) === known.hash ? newest(database, memory) : undefined;
  }
  if (note === undefined) return undefined;
  const row = database.get<{ id: number }>(
    "SELECT id FROM memories WHERE source = ? AND source >= 'import:/' AND source < 'import:0' ORDER BY id DESC LIMIT 1",
    `import:${note}`,
  );
  return row && newest(database, byId(database, row.id)!);
}

/** What a memory has become: the last that took its place. */
export function newest(database: Database, memory: Memory): Memory {
  return memory.replacedBy === null
    ? memory
    : newest(database, byId(database, memory.replacedBy) ?? { ...memory, replacedBy: null });
}

function linkHistory(
  database: Database,
  imported: readonly Imported[],
  numbers: ReadonlyMap<number, number>,
): void {
  const links = imported.flatMap(({ id, replacedBy }) => {
    const [old, next] = [numbers.get(id ?? -1), numbers.get(replacedBy ?? -1)];
    return old === undefined || next === undefined || old === next ? [] : [[old, next] as const];
  });
  if (links.length === 0) return;
  database.write(() => {
    for (const [old, next] of links) {
      database.run("UPDATE memories SET replaced_by = ? WHERE id = ? AND replaced_by IS NULL", next, old);
    }
  });
}
