/**
 * Sixteen processes that save at once, a quarter of them killed in the middle: how many saves a second are acknowledged, and
 * how many of those are kept. Beside ours the MCP reference memory server, one a process on one file as sessions start it,
 * and a plain JSON file under a lock. Usage: memory_writers.ts [SAVES]. JSON on stdout.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Database } from "../../src/store/database.ts";
import { report, type Row } from "./report.ts";

const saves = Number(process.argv[2] ?? 500);
const processes = 16;
const directory = mkdtempSync(join(tmpdir(), "claude-ops-bench-"));
const here = (name: string) => new URL(name, import.meta.url).pathname;
const server = createRequire(import.meta.url).resolve("@modelcontextprotocol/server-memory/dist/index.js");

interface Way {
  start(worker: number): ChildProcess;
  /** All that is there afterwards, as text. */
  kept(): string;
}

const ways: Record<string, Way> = {
  "claude-ops": {
    start: (worker) =>
      run([here("../process/memory_worker.ts"), join(directory, "ours"), String(worker), String(saves)]),
    kept: () => JSON.stringify(new Database(join(directory, "ours")).all("SELECT text FROM memories")),
  },
  "reference server": {
    start: (worker) =>
      run([
        here("memory_reference_client.ts"),
        server,
        join(directory, "server.jsonl"),
        String(worker),
        String(saves),
      ]),
    kept: () => readFileSync(join(directory, "server.jsonl"), "utf8"),
  },
  "JSON file with a lock": {
    start: (worker) =>
      run([here("memory_json_worker.ts"), join(directory, "file.json"), String(worker), String(saves)]),
    kept: () => readFileSync(join(directory, "file.json"), "utf8"),
  },
};

function run(words: string[]): ChildProcess {
  return spawn(process.execPath, words, { stdio: ["ignore", "pipe", "pipe"] });
}

async function measure({ start, kept }: Way) {
  const begin = performance.now();
  let complaints = 0;
  const acknowledged = (await Promise.all(Array.from({ length: processes }, async (_, worker) => {
    const child = start(worker);
    const last = worker % 4 === 0 ? saves * Math.random() : Infinity;
    let said = "";
    child.stderr!.setEncoding("utf8").on(
      "data",
      (text: string) => complaints += /error|lock/i.test(text) ? 1 : 0,
    );
    child.stdout!.setEncoding("utf8").on("data", (text: string) => {
      said += text;
      if (said.split("\n").length > last) child.kill("SIGKILL");
    });
    await new Promise((resolve) => child.on("close", resolve));
    return said.split("\n").slice(0, -1).map((line) => line.split(" ").at(-1)!);
  }))).flat();
  const seconds = (performance.now() - begin) / 1000;
  const there = new Set(kept().match(/item\d+x\d+/g) ?? []);
  return {
    acknowledged: acknowledged.length,
    kept: acknowledged.filter((word) => there.has(word)).length,
    perSecond: Math.round(acknowledged.length / seconds),
    complaints,
  };
}

try {
  mkdirSync(join(directory, "ours"));
  const rows: Row[] = [];
  for (const [name, way] of Object.entries(ways)) {
    const { acknowledged, kept, perSecond, complaints } = await measure(way);
    rows.push({
      what: `${processes} processes save ${saves} memories each, a quarter killed: ${name}`,
      measured: `${perSecond}/s, ${kept} of ${acknowledged} kept${
        complaints > 0 ? `, ${complaints} complaints` : ""
      }`,
    });
  }
  report(rows);
} finally {
  rmSync(directory, { recursive: true, force: true });
}
