import type { Database } from "../store/database.ts";
import type { Embedder } from "./embedder.ts";
import type { View } from "./rank.ts";
import type { Condition } from "./rows.ts";

/** Texts that one question to the service holds, and the milliseconds it gets. */
const batch = 32;
const patience = 60_000;
/** Characters of a text that the service is given: models take a few thousand words. */
const longest = 8000;
/** Vectors that are in memory at once. */
const rowsAtOnce = 2000;

/** How many memories the service has not been asked about. */
export function countMissing(database: Database, { model }: Embedder): number {
  return database.get<{ count: number }>(
    "SELECT count(*) count FROM memories m LEFT JOIN memory_vectors v ON v.memory = m.id AND v.model = ? " +
      "WHERE v.memory IS NULL AND m.replaced_by IS NULL",
    model,
  )!.count;
}

/**
 * Asks the service about all memories that it has not been asked about.
 * @returns how many those were
 * @throws Error of the service; what it had answered until then is kept
 */
export async function addVectors(database: Database, embedder: Embedder): Promise<number> {
  for (let added = 0;;) {
    const rows = database.all<{ id: number; text: string }>(
      "SELECT m.id, substr(m.text, 1, ?) text FROM memories m LEFT JOIN memory_vectors v ON v.memory = m.id AND v.model = ? " +
        "WHERE v.memory IS NULL AND m.replaced_by IS NULL ORDER BY m.id DESC LIMIT ?",
      longest,
      embedder.model,
      batch,
    );
    if (rows.length === 0) return added;
    const vectors = await embedder.embed(rows.map(({ text }) => text), patience);
    database.write(() => {
      for (const [i, { id }] of rows.entries()) {
        // Only where it was not forgotten meanwhile.
        database.run(
          "INSERT OR REPLACE INTO memory_vectors SELECT id, ?, ? FROM memories WHERE id = ?",
          embedder.model,
          packed(vectors[i]!),
          id,
        );
      }
    });
    added += rows.length;
  }
}

/** A quarter of the size for a thousandth of the precision: each number as a signed byte. */
function packed(vector: Float32Array): Uint8Array {
  const largest = vector.reduce((most, each) => Math.max(most, Math.abs(each)), 0);
  return new Uint8Array(Int8Array.from(vector, (each) => Math.round(127 * each / largest)).buffer);
}

/** The memories nearest to a vector, the nearest first: all are compared, some thousands at a time. */
export function nearestTo(
  database: Database,
  vector: Float32Array,
  model: string,
  { project, branch }: View,
  { sql, values }: Condition,
  limit: number,
): number[] {
  let best: { id: number; near: number }[] = [];
  for (let last = 0;;) {
    const rows = database.all<{ id: number; vector: Uint8Array; own: number }>(
      "SELECT m.id, v.vector, m.branch IS ? AND p.path = ? own FROM memory_vectors v JOIN memories m ON m.id = v.memory " +
        `JOIN memory_projects p ON p.number = m.project WHERE v.model = ? AND m.id > ? AND ${sql} ORDER BY m.id LIMIT ?`,
      branch,
      project,
      model,
      last,
      ...values,
      rowsAtOnce,
    );
    for (const { id, vector: bytes, own } of rows) {
      best.push({
        id,
        near: cosine(vector, new Int8Array(bytes.buffer, bytes.byteOffset, bytes.length)) +
          (own ? ownBranch : 0),
      });
    }
    best = best.sort((a, b) => b.near - a.near).slice(0, limit);
    if (rows.length < rowsAtOnce) return best.map(({ id }) => id);
    last = rows.at(-1)!.id;
  }
}

/** Of two that say nearly the same, that of the own branch is first. */
const ownBranch = 0.05;

function cosine(a: Float32Array, b: Int8Array): number {
  // Of another model under the same name.
  if (a.length !== b.length) return -1;
  let [dot, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    dot += a[i]! * b[i]!;
    aa += a[i]! * a[i]!;
    bb += b[i]! * b[i]!;
  }
  return dot / Math.sqrt(aa * bb);
}
