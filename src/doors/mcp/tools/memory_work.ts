import { resolve } from "node:path";
import { loadConfig } from "../../../config/load.ts";
import { embedderOf } from "../../../memory/embedder.ts";
import { forget, history } from "../../../memory/history.ts";
import { list } from "../../../memory/list.ts";
import type { Filter, Memory } from "../../../memory/memory.ts";
import { originOf } from "../../../memory/origin.ts";
import { useOutbox } from "../../../memory/outbox.ts";
import { receiverOf } from "../../../memory/receiver.ts";
import { byId, noMemory, save } from "../../../memory/save.ts";
import { search } from "../../../memory/search.ts";
import { syncSoon } from "../../../memory/sync_soon.ts";
import type { McpSession } from "../session.ts";

async function memory({ db, env, directory }: McpSession) {
  const config = await loadConfig({ system: false });
  if (receiverOf(config) !== undefined) useOutbox(db);
  return { db, config, origin: originOf(env, directory, "mcp") };
}

/** What Claude needs to know of a memory. */
const memoryWords = ({ id, text, tags, branch, sessionName, author, time, replacedBy }: Memory) => ({
  id,
  text,
  ...(tags.length > 0 && { tags }),
  ...(branch !== null && { branch }),
  by: sessionName ?? author,
  time,
  ...(replacedBy !== null && { replacedBy }),
});

interface Narrowed {
  tags?: string[] | undefined;
  branch?: string | undefined;
}

const filterOf = ({ tags, branch }: Narrowed): Filter => ({
  ...(tags === undefined ? {} : { tags }),
  ...(branch === undefined ? {} : { branch }),
});

interface NewMemory extends Narrowed {
  text: string;
  replaces?: number | undefined;
}

export async function saveMemory(session: McpSession, { text, tags, replaces, branch }: NewMemory) {
  const { db, config, origin } = await memory(session);
  const from = branch === undefined ? origin : { ...origin, branch };
  const saved = save(db, from, { text, tags: tags ?? [], ...(replaces === undefined ? {} : { replaces }) });
  if (!saved.duplicate) syncSoon(config);
  return { id: saved.memory.id, ...(saved.duplicate && { knownAlready: true }) };
}

export async function searchMemory(
  session: McpSession,
  { query, limit = 8, ...narrowed }: Narrowed & { query: string; limit?: number | undefined },
) {
  const { db, config, origin } = await memory(session);
  const { hits, notes } = await search(db, query, {
    view: origin,
    filter: filterOf(narrowed),
    limit,
    embedder: embedderOf(config, session.env),
  });
  return {
    memories: hits.map(({ of, snippet, ...hit }) => {
      const long = hit.text.length > longest;
      const words = memoryWords(long ? { ...hit, text: snippet } : hit);
      return {
        ...words,
        ...(long && { cut: `memory_show ${hit.id} has all of it` }),
        ...(of === "other branch" && { of: "another branch: may not hold here" }),
        ...(of === "other project" && { of: `another project: ${hit.project}` }),
      };
    }),
    ...(notes.length > 0 && { notes }),
    ...(hits.length === 0 && { advice: "nothing found; try fewer or other words" }),
  };
}

/** Characters of a text that a list of hits holds whole. */
const longest = 1500;

export async function listMemories(
  session: McpSession,
  { limit = 20, ...narrowed }: Narrowed & { limit?: number | undefined },
) {
  const { db, origin } = await memory(session);
  return { memories: list(db, { project: origin.project, ...filterOf(narrowed) }, limit).map(memoryWords) };
}

export function showMemory({ db }: McpSession, id: number) {
  const found = byId(db, id);
  if (found === undefined) throw noMemory(id);
  return found;
}

export function memoryHistory({ db }: McpSession, id: number) {
  return { oldestFirst: history(db, id).map(memoryWords) };
}

export async function forgetMemory(session: McpSession, id: number) {
  const { db, config } = await memory(session);
  const gone = forget(db, id);
  syncSoon(config);
  return { forgotten: gone.map(({ id }) => id) };
}

export async function importMemories(session: McpSession, path: string) {
  const [{ importAll }, { readPath }] = await Promise.all([
    import("../../../memory/import.ts"),
    import("../../../memory/import_paths.ts"),
  ]);
  const { db, config, origin } = await memory(session);
  const { imported, refused } = readPath(resolve(session.directory, path));
  const result = importAll(db, origin, imported);
  syncSoon(config);
  return { ...result, refused: [...refused, ...result.refused] };
}

export async function exportMemories(session: McpSession, directory: string) {
  const [{ exportNotes }, { otherEditors }] = await Promise.all([
    import("../../../memory/export_notes.ts"),
    import("../../../guard/editing.ts"),
  ]);
  const { db, origin } = await memory(session);
  const memories = list(db, { project: origin.project }, Number.MAX_SAFE_INTEGER).reverse();
  const path = resolve(session.directory, directory);
  return exportNotes(db, memories, path, await otherEditors(session.layout, session.env, path));
}
