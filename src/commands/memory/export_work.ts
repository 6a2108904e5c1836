import { resolve } from "node:path";
import type { Outcome } from "../../cli/command.ts";
import type { Io } from "../../cli/io.ts";
import { Exit } from "../../errors.ts";
import { otherEditors } from "../../guard/editing.ts";
import { exportNotes } from "../../memory/export_notes.ts";
import { toJsonl } from "../../memory/jsonl.ts";
import { list } from "../../memory/list.ts";
import type { Memory } from "../../memory/memory.ts";
import { factOf } from "../../memory/reference_server.ts";
import { layoutOf } from "../../sessions/paths.ts";
import type { Database } from "../../store/database.ts";
import { replaceFile } from "../../store/replace_file.ts";
import { filterOf, type FilterOptions, memoryHere } from "./here.ts";

interface Wanted extends FilterOptions {
  format: "markdown" | "jsonl" | "mcp" | undefined;
  all: boolean;
}

/** `memory export`: by the name of the path where no format is given. */
export async function exportHere(path: string, { format, all, ...rest }: Wanted, io: Io): Promise<Outcome> {
  const { database, origin } = await memoryHere();
  const form = format ?? (path === "-" || path.endsWith(".jsonl") ? "jsonl" : "markdown");
  const filter = {
    ...(all ? {} : { project: origin.project }),
    ...filterOf(rest),
    ...(form === "jsonl" ? { replaced: true } : {}),
  };
  const memories = list(database, filter, Number.MAX_SAFE_INTEGER).reverse();
  if (form === "markdown") return await toNotes(database, memories, resolve(path), io);
  const facts = memories.map(factOf);
  return form === "mcp"
    ? toFile(path, facts, facts.map((fact) => JSON.stringify(fact)).join("\n"))
    : toFile(path, memories, toJsonl(memories));
}

async function toNotes(
  database: Database,
  memories: readonly Memory[],
  directory: string,
  io: Io,
): Promise<Outcome> {
  const editorOf = await otherEditors(layoutOf(process.env), process.env, directory);
  const result = exportNotes(database, memories, directory, editorOf);
  const { written, unchanged, refused } = result;
  for (const { where, why } of refused) {
    io.stderr(`${io.errorStyle.yellow("left alone:")} ${where}: ${why}\n`);
  }
  const leftAlone = refused.length > 0 ? [`${refused.length} left alone`] : [];
  return {
    data: result,
    render: () => [`${written} written`, `${unchanged} as they were`, ...leftAlone].join(", "),
    exit: refused.length > 0 ? Exit.failed : Exit.ok,
  };
}

function toFile(path: string, memories: readonly unknown[], text: string): Outcome {
  if (path === "-") return { data: { memories }, render: () => text };
  const file = resolve(path);
  replaceFile(file, text, { mode: 0o600 });
  return { data: { written: memories.length, file }, render: () => `${memories.length} written` };
}
