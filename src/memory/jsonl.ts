import { Failure } from "../errors.ts";
import type { Imported } from "./import.ts";
import type { Memory } from "./memory.ts";
import { timeIn } from "./note.ts";
import { importedFact, isFact } from "./reference_server.ts";

/**
 * Reads lines of JSON: memories with at least a `text`, or the file of the MCP reference memory server.
 * @param file for what is said about it
 * @throws Failure that names the lines that are neither; then nothing of the file is to be used
 */
export function readJsonl(file: string, content: string): Imported[] {
  const imported: Imported[] = [];
  const faults: string[] = [];
  for (const [i, line] of content.replace(/^\uFEFF/, "").split("\n").entries()) {
    if (line.trim() === "") continue;
    const where = `${file}:${i + 1}`;
    const read = readLine(where, line);
    if (typeof read === "string") faults.push(`${where}: ${read}`);
    else imported.push(read);
  }
  if (faults.length === 0) return imported;
  const more = faults.length > 3 ? `\nand ${faults.length - 3} more` : "";
  throw new Failure(`nothing was imported:\n${faults.slice(0, 3).join("\n")}${more}`, {
    hint:
      'a line is like {"text": "…", "tags": ["…"], "project": "…", "branch": "…", "time": "2026-05-01T12:00:00Z"}',
  });
}

function readLine(where: string, line: string): Imported | string {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return "no JSON";
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return "no object";
  if (isFact(value)) return importedFact(where, value);
  return memoryIn(where, value as Record<string, unknown>);
}

function memoryIn(where: string, value: Record<string, unknown>): Imported | string {
  const { text, tags, project, branch, session, sessionName, author, source, time, id, replacedBy } = value;
  if (typeof text !== "string" || text.trim() === "") return "no text";
  const list = typeof tags === "string" ? tags.split(",") : tags ?? [];
  if (!Array.isArray(list) || !list.every((tag) => typeof tag === "string")) {
    return "tags are no list of words";
  }
  const words = { project, branch, session, sessionName, author, source };
  for (const [name, word] of Object.entries(words)) {
    if (word !== undefined && word !== null && typeof word !== "string") return `${name} is no text`;
  }
  const when = time === undefined || time === null ? undefined : timeIn(time);
  if (when === undefined && time !== undefined && time !== null) return `${JSON.stringify(time)} is no time`;
  const given = Object.fromEntries(
    Object.entries(words).filter(([, word]) => word !== undefined && word !== null && word !== ""),
  );
  return {
    where,
    text,
    tags: list,
    ...given,
    ...(when === undefined ? {} : { time: when }),
    ...(Number.isSafeInteger(id) ? { id: id as number } : {}),
    ...(Number.isSafeInteger(replacedBy) ? { replacedBy: replacedBy as number } : {}),
  };
}

/** A line for each memory, all that is known of it. */
export function toJsonl(memories: readonly Memory[]): string {
  return memories.map((memory) => `${JSON.stringify(memory)}\n`).join("");
}
