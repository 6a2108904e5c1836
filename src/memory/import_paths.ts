import { readFileSync, realpathSync, statSync } from "node:fs";
import { basename } from "node:path";
import { ownMemories } from "../claude/own_memory.ts";
import { errno, Failure } from "../errors.ts";
import type { Layout } from "../sessions/paths.ts";
import { placeOf } from "../sessions/project.ts";
import type { Imported, ImportResult } from "./import.ts";
import { readJsonl } from "./jsonl.ts";
import { importedNote } from "./note.ts";
import { readVault } from "./vault.ts";

/** What was read, and what could not be. */
export interface Read {
  imported: Imported[];
  refused: ImportResult["refused"];
}

/**
 * Reads a directory of Markdown, one Markdown file, or JSON lines (`-` is stdin).
 * @throws Failure when it cannot be read, or a line is not what it should be
 */
export function readPath(path: string): Read {
  try {
    const real = path === "-" ? path : realpathSync.native(path);
    if (real !== "-" && (statSync(real).isDirectory() || /\.md$/i.test(real))) return readNotes(real);
    const content = readFileSync(real === "-" ? 0 : real, "utf8");
    const source = `import:${real === "-" ? "stdin" : basename(real)}`;
    return {
      imported: readJsonl(real === "-" ? "stdin" : path, content).map((each) => ({ source, ...each })),
      refused: [],
    };
  } catch (error) {
    if (errno(error) === undefined) throw error;
    const why = errno(error) === "ENOENT" ? "it is not there" : errno(error);
    throw new Failure(`cannot read ${path}: ${why}`, {
      hint: "name a .jsonl file, a Markdown file or a directory of them",
    });
  }
}

function readNotes(path: string): Read {
  const { notes, refused } = readVault(path);
  const read = notes.filter(({ text }) => text !== "");
  return { imported: read.map((note) => importedNote(note, note.modified)), refused };
}

/** What Claude Code itself remembers, in the config dirs of all sessions and in the user's own. */
export function readClaude({ shared, sessions }: Layout, configDirs: readonly string[]): Read {
  const read: Read = { imported: [], refused: [] };
  for (const directory of [shared, ...configDirs.map((id) => `${sessions}/${id}`)]) {
    for (const { directory: notes, cwd } of ownMemories(directory)) {
      if (cwd === undefined) {
        read.refused.push({ where: notes, why: "no conversation beside it tells which project it is of" });
        continue;
      }
      const { imported, refused } = readNotes(notes);
      const { project } = placeOf(cwd);
      read.imported.push(...imported.map((each) => ({ author: "claude", project, ...each })));
      read.refused.push(...refused);
    }
  }
  return read;
}
