/**
 * A hundred thousand memories: how fast they are saved, how large the file is, and how long a search takes, inside the
 * process against the same expression on a bare FTS5 table, and as a whole command; what the start of a session and of its
 * MCP server cost beside them. Usage: memory_scale.ts [BINARY] [MEMORIES]. JSON on stdout.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { backUp } from "../../src/store/backup.ts";
import { matchesOf } from "../../src/memory/match.ts";
import { mergeIndex } from "../../src/memory/merge_index.ts";
import { parseQuery } from "../../src/memory/query.ts";
import { save } from "../../src/memory/save.ts";
import { search } from "../../src/memory/search.ts";
import { Database } from "../../src/store/database.ts";
import { report, rounded } from "./report.ts";
import { sessionStarts } from "./session_starts.ts";

const binary = resolve(process.argv[2] ?? "dist/claude-ops");
const size = Number(process.argv[3] ?? 100_000);
const directory = mkdtempSync(join(tmpdir(), "claude-ops-bench-"));

/** Words as frequent as in a language: the first of 20,000 in most texts, the last in few. */
let seed = 1;
const random = () => {
  // mulberry32
  seed = (seed + 0x6d2b79f5) | 0;
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
};
const letters = (count: number) =>
  Array.from({ length: count }, () => "etaoinshrdlucmfgypwbvk"[Math.floor(random() * 22)]).join("");
const vocabulary = Array.from({ length: 20_000 }, () => letters(3 + Math.floor(random() * 8)));
const word = () => vocabulary[Math.floor(random() ** 3 * vocabulary.length)]!;
const sentence = (count: number) => Array.from({ length: count }, word).join(" ");

try {
  const ops = join(directory, ".claude/ops");
  mkdirSync(ops, { recursive: true });
  const database = new Database(ops);
  // All in the project in which it is searched: nothing is spared by leaving other projects out.
  const origin = { project: directory, session: null, sessionName: null, author: "bench", source: "cli" };
  const bare = new DatabaseSync(join(directory, "bare.db"));
  bare.exec("CREATE VIRTUAL TABLE bare USING fts5(text)");
  const texts = Array.from({ length: size }, () => sentence(10 + Math.floor(random() * 40)));
  const filled = time(() => {
    for (let at = 0; at < size; at += 500) {
      database.write(() => {
        for (const [i, text] of texts.slice(at, at + 500).entries()) {
          const branch = i % 3 === 0 ? "main" : `b${i % 50}`;
          save(database, { ...origin, branch }, {
            text,
            tags: [word()],
            time: Date.now() - (size - at - i) * 60_000,
          });
        }
      });
    }
  });
  bare.exec("BEGIN");
  const insert = bare.prepare("INSERT INTO bare (rowid, text) VALUES (?, ?)");
  for (const [i, text] of texts.entries()) insert.run(i + 1, text);
  bare.exec("COMMIT");
  const alone = 200;
  const single = time(() => {
    for (let i = 0; i < alone; i++) save(database, { ...origin, branch: "main" }, { text: sentence(30) });
  });
  const ask = bare.prepare(
    "SELECT rowid, text, snippet(bare, 0, '**', '**', '…', 40), rank FROM bare WHERE bare MATCH ? ORDER BY rank LIMIT 10",
  );
  // As each cleanup does.
  mergeIndex(database);
  const view = { project: directory, branch: "main" };
  // One word, two words that some texts have both of, begun words, and questions of several words.
  const queries = Array.from({ length: 200 }, (_, i) => {
    const some = texts[Math.floor(random() * size)]!.split(" ");
    return [some[0]!, `${some[0]} ${some[1]}`, `${word().slice(0, 4)}*`, some.slice(0, 5).join(" ")][i % 4]!;
  });
  const [ours, theirs]: [number[], number[]] = [[], []];
  for (const round of [0, 1]) {
    for (const query of queries) {
      const { all, some } = matchesOf(parseQuery(query))!;
      const bareTime = time(() => {
        const found = ask.all(all);
        if (found.length < 10 && some !== undefined) ask.all(some);
      });
      const begin = performance.now();
      await search(database, query, { view, limit: 10 });
      const ourTime = performance.now() - begin;
      if (round === 1) (ours.push(ourTime), theirs.push(bareTime));
    }
  }
  const command: number[] = [];
  const env = { HOME: directory, PATH: "/usr/bin:/bin" };
  for (const query of queries.slice(0, 40)) {
    command.push(time(() => {
      const done = spawnSync(binary, ["memory", "search", query, "--json"], {
        env,
        cwd: directory,
        encoding: "utf8",
      });
      if (done.status !== 0) throw new Error(done.stderr);
    }));
  }
  const starts = await sessionStarts(binary, directory, vocabulary);
  const none = await sessionStarts(binary, join(directory, "empty"), vocabulary);
  const at50 = (values: readonly number[]) => quantile(values, 0.5);
  const at99 = (values: readonly number[]) => quantile(values, 0.99);
  const backup = time(() => backUp(database.path));
  database.all("PRAGMA wal_checkpoint(TRUNCATE)");
  const fileBytes = statSync(database.path).size;
  const [textBytes, savesPerSecond] = [
    texts.reduce((sum, text) => sum + text.length, 0),
    { batched: Math.round(size / (filled / 1000)), alone: Math.round(alone / (single / 1000)) },
  ];
  const row = (what: string, of: (values: readonly number[]) => number) => ({
    what: `memory search among ${size}, ${what}`,
    measured: `${of(ours)} ms`,
    yardstick: `bare FTS5 ${of(theirs)} ms`,
    ratio: rounded(of(ours) / of(theirs)),
    goal: 1.5,
  });
  report([
    row("p50", at50),
    row("p99", at99),
    {
      what: `memory search among ${size} as a whole command`,
      measured: `p50 ${at50(command)} ms, p99 ${at99(command)} ms`,
    },
    {
      what: "memories saved",
      measured: `${savesPerSecond.alone}/s one by one and durable, ${savesPerSecond.batched}/s imported`,
    },
    ...(["server", "hook"] as const).map((what) => ({
      what: {
        server: `start of the MCP server beside ${size} memories, until it has answered a search`,
        hook: `hook at the start of a session beside ${size} memories`,
      }[what],
      measured: `${at50(starts[what])} ms`,
      yardstick: `without any ${at50(none[what])} ms`,
      ratio: rounded(at50(starts[what]) / at50(none[what])),
    })),
    {
      what: `file of ${size} memories`,
      measured: `${(fileBytes / 1e6).toFixed(0)} MB, backed up in ${round(backup / 1000)} s`,
      yardstick: `their texts ${(textBytes / 1e6).toFixed(0)} MB`,
      ratio: rounded(fileBytes / textBytes),
    },
  ]);
} finally {
  rmSync(directory, { recursive: true, force: true });
}

function quantile(values: readonly number[], part: number): number {
  return round(values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) * part)]!);
}

function time(work: () => void): number {
  const begin = performance.now();
  work();
  return performance.now() - begin;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
