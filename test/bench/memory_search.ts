/**
 * How well search finds what is asked for in other words than it was saved with: recall@5 and mean reciprocal rank on the
 * labelled set beside this file. Half of the questions ("held out") were left aside when weights were chosen. Yardstick: a
 * bare FTS5 table (unicode61) asked for any of the words. Usage: memory_search.ts [--missed]. JSON on stdout.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { save } from "../../src/memory/save.ts";
import { search } from "../../src/memory/search.ts";
import { Database } from "../../src/store/database.ts";
import { report, rounded } from "./report.ts";

interface Labelled {
  key: string;
  text: string;
  tags: string[];
}

const lines = (name: string) =>
  readFileSync(new URL(`memory_set/${name}`, import.meta.url), "utf8").trim().split("\n").map((each) =>
    JSON.parse(each)
  );
const memories: Labelled[] = lines("memories.jsonl");
const questions: { question: string; answers: string[] }[] = lines("questions.jsonl");
const directory = mkdtempSync(join(tmpdir(), "claude-ops-bench-"));
try {
  const view = { project: "/team", branch: "main" };
  const origin = { ...view, session: null, sessionName: null, author: "bench", source: "cli" };
  const database = new Database(directory);
  const keys = new Map<number, string>();
  const bare = new DatabaseSync(":memory:");
  bare.exec("CREATE VIRTUAL TABLE bare USING fts5(text)");
  for (const { key, text, tags } of memories) {
    const { id } = save(database, origin, { text, tags }).memory;
    keys.set(id, key);
    bare.prepare("INSERT INTO bare (rowid, text) VALUES (?, ?)").run(id, `${text} ${tags.join(" ")}`);
  }
  const ours = async (question: string) =>
    (await search(database, question, { view, limit: 10 })).hits.map(({ id }) => keys.get(id)!);
  const asked = bare.prepare("SELECT rowid id FROM bare WHERE bare MATCH ? ORDER BY rank LIMIT 10");
  const plain = (question: string) => {
    const words = (question.match(/[\p{L}\p{N}]+/gu) ?? []).map((word) => `"${word}"`).join(" OR ");
    return Promise.resolve((asked.all(words) as { id: number }[]).map(({ id }) => keys.get(id)!));
  };
  const all = await measure(ours, () => true);
  const bareFound = await measure(plain, () => true);
  const words = ({ recallAt5, mrr }: typeof all) => `recall@5 ${recallAt5}, MRR ${mrr}`;
  report([{
    what: `memory search, ${questions.length} questions in other words to ${memories.length} memories`,
    measured: words(all),
    yardstick: `bare FTS5: ${words(bareFound)}`,
  }], { all, heldOut: await measure(ours, (i) => i % 2 === 1), bare: bareFound });
} finally {
  rmSync(directory, { recursive: true, force: true });
}

async function measure(find: (question: string) => Promise<string[]>, chosen: (i: number) => boolean) {
  let [found, ranks, asked] = [0, 0, 0];
  for (const [i, { question, answers }] of questions.entries()) {
    if (!chosen(i)) continue;
    asked++;
    const place = (await find(question)).findIndex((key) => answers.includes(key));
    if (place >= 0) ranks += 1 / (place + 1);
    if (place >= 0 && place < 5) found++;
    else if (process.argv.includes("--missed")) console.error(`${question} → ${answers.join(" ")}`);
  }
  return { recallAt5: rounded(found / asked), mrr: rounded(ranks / asked) };
}
