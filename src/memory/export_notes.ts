import { lstatSync, mkdirSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { Failure } from "../errors.ts";
import { writersOf } from "../runtime/open_files.ts";
import type { Database } from "../store/database.ts";
import { replaceFile } from "../store/replace_file.ts";
import { writeFrontMatter } from "./front_matter.ts";
import { newest } from "./import.ts";
import type { Memory } from "./memory.ts";
import { frontMatterOf } from "./note.ts";
import { history } from "./history.ts";
import { byId, hexHash } from "./save.ts";
import { readVault, type VaultNote } from "./vault.ts";

export interface ExportResult {
  written: number;
  unchanged: number;
  refused: { where: string; why: string }[];
}

/**
 * Writes memories as notes into a directory. A memory that has a note there, by whatever name and wherever in it, is
 * written into that one. A note that another session edits, that somebody has open for writing, or that was changed
 * since it was last known, is left alone.
 * @param editorOf the session that edits a file now, by the guard
 */
export function exportNotes(
  database: Database,
  memories: readonly Memory[],
  directory: string,
  editorOf: (path: string) => { name: string } | undefined,
): ExportResult {
  const result: ExportResult = { written: 0, unchanged: 0, refused: [] };
  mkdirSync(directory, { recursive: true });
  const notes = notesOf(database, readVault(directory).notes);
  const taken = new Set<string>();
  for (const memory of memories) {
    const note = notes.get(memory.id);
    const path = note?.path ?? freePath(directory, memory, taken);
    try {
      if (write(database, memory, note, path, editorOf)) result.written++;
      else result.unchanged++;
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      result.refused.push({ where: path, why: error.message });
    }
  }
  return result;
}

/** The notes of memories, by the number of the memory's newest form. */
function notesOf(database: Database, notes: readonly VaultNote[]): Map<number, VaultNote> {
  const found = new Map<number, VaultNote>();
  const imported = new Map(
    database.all<{ id: number; source: string }>(
      "SELECT id, source FROM memories WHERE source >= 'import:/' AND source < 'import:0' ORDER BY id",
    )
      .map(({ id, source }) => [source.slice("import:".length), id]),
  );
  for (const note of notes) {
    const id = note.hash === undefined ? imported.get(note.path) : note.id;
    const memory = id === undefined ? undefined : byId(database, id);
    if (memory === undefined || (note.hash !== undefined && hexHash(memory.text) !== note.hash)) continue;
    const { id: current } = newest(database, memory);
    if (!found.has(current)) found.set(current, note);
  }
  return found;
}

function write(
  database: Database,
  memory: Memory,
  note: VaultNote | undefined,
  path: string,
  editorOf: (path: string) => { name: string } | undefined,
): boolean {
  if (note?.broken !== undefined) throw new Failure(`its front matter is no YAML: ${note.broken}`);
  if (
    note !== undefined &&
    !history(database, memory.id).some(({ text }) => hexHash(text) === hexHash(note.text))
  ) {
    throw new Failure("it was changed there; import it first");
  }
  const before = note ?? { document: undefined, values: {}, body: "" };
  const content = writeFrontMatter({ ...before, body: `${memory.text}\n` }, frontMatterOf(memory));
  if (content === note?.content) return false;
  const editor = editorOf(path);
  if (editor !== undefined) throw new Failure(`session ${editor.name} is editing it`);
  if (note !== undefined) {
    const [writer] = writersOf(path);
    if (writer !== undefined) {
      throw new Failure(`${writer.program} (process ${writer.pid}) has it open for writing`);
    }
    if (readFileSync(path, "utf8") !== note.content) throw new Failure("it was changed there just now");
  } else mkdirSync(path.slice(0, path.lastIndexOf("/")), { recursive: true });
  replaceFile(path, content, {
    mode: note === undefined ? 0o600 : lstatSync(path).mode & 0o777,
    durable: false,
  });
  return true;
}

/** Named after its first line, in a directory named after its project. */
function freePath(directory: string, { id, text, project }: Memory, taken: Set<string>): string {
  const line = text.split("\n", 1)[0]!.replace(/^#+ /, "").replace(/[\\/:*?"<>|#^[\]\p{Cc}]+/gu, " ").replace(
    /\s+/g,
    " ",
  ).trim();
  const name = [...line].slice(0, 60).join("").replace(/\.md$/i, "").replace(/^[. ]+|[. ]+$/g, "") ||
    "memory";
  const folder = `${directory}/${basename(project).replace(/^\.+/, "") || "memories"}`;
  const paths = [`${folder}/${name}.md`, `${folder}/${name} (${id}).md`];
  const path =
    paths.find((path) => !taken.has(path.toLowerCase()) && !lstatSync(path, { throwIfNoEntry: false })) ??
      paths[1]!;
  taken.add(path.toLowerCase());
  return path;
}
