import { createHash } from "node:crypto";
import { Failure, UsageFailure } from "../errors.ts";
import type { Database } from "../store/database.ts";
import { longestText, type Memory, type Origin } from "./memory.ts";
import { enqueue } from "./outbox.ts";
import { columns, memoryOf, type Row, tables } from "./rows.ts";
import { tagsOf } from "./tags.ts";
import { otherSpellings } from "./words.ts";

export interface NewMemory {
  text: string;
  tags?: readonly string[];
  /** The memory whose place it takes; that one is kept as history. */
  replaces?: number;
  /** When it was known, milliseconds since 1970; now when left out. */
  time?: number;
}

export interface Saved {
  memory: Memory;
  /** The same was known already: nothing was added but tags. */
  duplicate: boolean;
}

/**
 * Remembers something. What the same project knows on the same branch is not saved twice.
 * @throws UsageFailure for a text that is empty or too long; Failure when what it replaces is not there
 */
export function save(database: Database, origin: Origin, { replaces, time, ...given }: NewMemory): Saved {
  const text = cleaned(given.text);
  const tags = tagsOf(given.tags ?? []);
  const hash = hashOf(text);
  return database.write(() => {
    const replaced = replaces === undefined ? undefined : replaceable(database, replaces, origin);
    const project = projectNumber(database, origin.project);
    const known = database.get<Row>(
      `SELECT ${columns} FROM ${byHash} WHERE m.hash = ? AND m.project = ? AND m.branch IS ? AND m.replaced_by IS NULL`,
      hash,
      project,
      origin.branch,
    );
    if (known !== undefined) {
      return {
        memory: addTo(database, known, tags, replaced?.id === known.id ? undefined : replaced),
        duplicate: true,
      };
    }
    const { lastInsertRowid: id } = database.run(
      "INSERT INTO memories (project, branch, session, session_name, author, source, saved_at, hash, tags, text, words) " +
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      project,
      origin.branch,
      origin.session,
      origin.sessionName,
      origin.author,
      origin.source,
      time ?? Date.now(),
      hash,
      tags.join(" "),
      text,
      otherSpellings(text),
    );
    if (replaced !== undefined) {
      database.run("UPDATE memories SET replaced_by = ? WHERE id = ?", id, replaced.id);
    }
    const memory = byId(database, id)!;
    enqueue(database, savedMessage(memory, replaced));
    return { memory, duplicate: false };
  });
}

/** Said explicitly: the planner (SQLite 3.54) takes a project's thousands of memories for few. */
const byHash = tables.replace("memories m", "memories m INDEXED BY memories_by_hash");

/** Undefined where there is none of that number. */
export function byId(database: Database, id: number): Memory | undefined {
  const row = database.get<Row>(`SELECT ${columns} FROM ${tables} WHERE m.id = ?`, id);
  return row && memoryOf(row);
}

/** What is the same for whoever reads it, is one: case, spaces and the last full stop do not count. */
function hashOf(text: string): Uint8Array {
  const same = text.normalize("NFKC").toLowerCase().replace(/\s+/gu, " ").trim().replace(/[.!]+$/, "");
  return createHash("sha256").update(same).digest().subarray(0, 16);
}

/** The same as a note carries it. */
export function hexHash(text: string): string {
  return Buffer.from(hashOf(text)).toString("hex");
}

/** A text as it is kept: well-formed, without control characters. @throws UsageFailure for none, or too long a one */
export function cleaned(text: string): string {
  const clean = text.toWellFormed().replace(/\r\n?/g, "\n").replace(/(?![\n\t])\p{Cc}/gu, " ").trim();
  if (clean === "") throw new UsageFailure("nothing to remember: the text is empty");
  if (clean.length <= longestText) return clean;
  throw new UsageFailure(
    `too long for one memory: ${clean.length} characters, ${longestText} at most`,
    "save what matters of it, or the path of a file that holds it",
  );
}

function replaceable(database: Database, id: number, { project, branch }: Origin): Memory {
  const memory = byId(database, id);
  if (memory === undefined) throw noMemory(id);
  if (memory.replacedBy !== null) {
    throw new Failure(`memory ${id} was replaced by ${memory.replacedBy} meanwhile`, {
      hint: `look at that one first: claude-ops memory show ${memory.replacedBy}`,
      code: "replaced",
    });
  }
  if (memory.project !== project) {
    throw new Failure(`memory ${id} is of another project: ${memory.project}`, {
      hint: `say whose it is: --project ${memory.project}`,
    });
  }
  if (memory.branch === branch) return memory;
  throw new Failure(`memory ${id} tells of ${memory.branch ?? "no branch"}, which may go on being so there`, {
    hint: `save it without replacing, or speak for ${memory.branch ?? "that place"}: --branch ${
      memory.branch ?? ""
    }`,
    code: "other-branch",
  });
}

export function noMemory(id: number): Failure {
  return new Failure(`there is no memory ${id}`, {
    hint: "see claude-ops memory list and memory search for their numbers",
    code: "no-memory",
  });
}

function projectNumber(database: Database, path: string): number {
  database.run("INSERT OR IGNORE INTO memory_projects (path) VALUES (?)", path);
  return database.get<{ number: number }>("SELECT number FROM memory_projects WHERE path = ?", path)!.number;
}

/** What is saved again brings its tags, and takes the place of another one. */
function addTo(
  database: Database,
  known: Row,
  tags: readonly string[],
  replaced: Memory | undefined,
): Memory {
  const all = tagsOf([...known.tags.split(" "), ...tags]).join(" ");
  if (all !== known.tags) database.run("UPDATE memories SET tags = ? WHERE id = ?", all, known.id);
  if (replaced !== undefined) {
    database.run("UPDATE memories SET replaced_by = ? WHERE id = ?", known.id, replaced.id);
  }
  const memory = memoryOf({ ...known, tags: all });
  if (all !== known.tags || replaced !== undefined) enqueue(database, savedMessage(memory, replaced));
  return memory;
}

const savedMessage = (memory: Memory, replaced: Memory | undefined) => ({
  kind: "saved" as const,
  memory,
  ...(replaced === undefined ? {} : { replaces: replaced.id }),
});
