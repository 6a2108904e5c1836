import { mkdirSync, renameSync, rmdirSync, rmSync } from "node:fs";
import { errno, Failure } from "../errors.ts";
import { underStartLock } from "../sessions/start_lock.ts";
import { removeTree } from "../runtime/remove_tree.ts";
import { age } from "../sessions/age.ts";
import { isId } from "../sessions/id.ts";
import { takeName } from "../sessions/names.ts";
import { ensureLayout, type Layout } from "../sessions/paths.ts";
import { createRecord, readRecord, type SessionRecord } from "../sessions/record.ts";
import { scratchName } from "../updates/scratch.ts";
import { extractArchive } from "./archive.ts";
import { archived, trashed } from "./places.ts";

/** A session that was pruned and can be had back. */
export interface Restorable {
  id: string;
  name: string;
  /** `trash`: whole; `archive`: what was said in it. */
  from: "trash" | "archive";
  /** Its directory or file, and where that is. */
  path: string;
  /** When it was pruned (ms). */
  time: number;
  record?: SessionRecord;
}

/** All that can be had back, the newest sessions first; what is in the trash as well as archived comes from the trash. */
export function restorable(layout: Layout, only: (id: string) => boolean = () => true): Restorable[] {
  const found = new Map<string, Restorable>();
  for (const { id, run, time } of trashed(layout)) {
    const record = only(id) ? readRecord(`${run}/${id}`) : undefined;
    if (record === undefined || "unreadable" in record || found.has(id)) continue;
    found.set(id, { id, name: record.name, from: "trash", path: `${run}/${id}`, time, record });
  }
  for (const { id, name, file, time } of archived(layout)) {
    if (!only(id) || found.has(id) || readRecord(`${layout.sessions}/${id}`) !== undefined) continue;
    found.set(id, { id, name, from: "archive", path: file, time });
  }
  return [...found.values()].sort((a, b) => a.id < b.id ? 1 : -1);
}

/**
 * Brings a pruned session back to where it was: from the trash whole, from an archive with what was said in it.
 * @param which its name or UUID
 * @throws Failure `not-pruned` when there is none such, or when several have the name
 */
export function restore(layout: Layout, which: string): Restorable & { record: SessionRecord } {
  const found = chosen(layout, which);
  ensureLayout(layout);
  const record = found.from === "trash" ? fromTrash(layout, found) : fromArchive(layout, found);
  // It was there to come back from, and would only grow old.
  for (const { id, file } of archived(layout)) if (id === found.id) rmSync(file, { force: true });
  return { ...found, record };
}

function chosen(layout: Layout, which: string): Restorable {
  const id = which.toLowerCase();
  const found = isId(id)
    ? restorable(layout, (other) => other === id)
    : restorable(layout).filter(({ name }) => name === which);
  if (found.length === 1) return found[0]!;
  if (found.length === 0) {
    throw new Failure(`no session ${JSON.stringify(which)} was pruned`, {
      hint: "see what can be restored: claude-ops session trash",
      code: "not-pruned",
    });
  }
  const lines = found.slice(0, 10).map(({ id, record, time }) =>
    `  ${id}  ${record ? `in ${record.cwd}, ` : ""}pruned ${age(new Date(time).toISOString())} ago`
  );
  throw new Failure([`${found.length} pruned sessions are named ${which}:`, ...lines].join("\n"), {
    hint: "say which one by its UUID",
    code: "several-pruned",
  });
}

function fromTrash(layout: Layout, { path, record }: Restorable): SessionRecord {
  comeBack(layout, record!, path);
  try {
    rmdirSync(path.slice(0, path.lastIndexOf("/")));
  } catch {
    // There is more in it.
  }
  return record!;
}

function fromArchive(layout: Layout, { id, path }: Restorable): SessionRecord {
  const scratch = scratchName("restoring");
  const directory = `${layout.ops}/${scratch}/${id}`;
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const record = extractArchive(path, id, directory);
    comeBack(layout, record, directory);
    return record;
  } finally {
    removeTree(layout.ops, scratch);
  }
}

/**
 * By one rename, under the lock of all starts: whoever looks for it finds all of it or nothing. From then on it counts as
 * just used, or the next cleanup would take it away again.
 */
function comeBack(layout: Layout, record: SessionRecord, from: string): void {
  const { id, name } = record;
  underStartLock(layout, () => {
    try {
      renameSync(from, `${layout.sessions}/${id}`);
    } catch (error) {
      // Somebody else was faster.
      if (readRecord(`${layout.sessions}/${id}`) !== undefined) return;
      throw new Failure(`session ${name} cannot be brought back: ${errno(error)}`, {
        hint: "see what can be restored: claude-ops session trash",
        cause: error,
      });
    }
    createRecord(`${layout.sessions}/${id}`, { ...record, restoredAt: new Date().toISOString() });
    // A live session of that name keeps it; this one is then known by its UUID.
    takeName(layout, name, id);
  });
}
