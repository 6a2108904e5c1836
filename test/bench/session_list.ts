/**
 * What ten thousand ended sessions cost: `session list`, a start until Claude's execve, and the check of a name, with 100 and
 * with 10,000 of them beside three live ones. Usage: session_list.ts [BINARY] [ROUNDS]. Interleaved; medians; JSON on stdout.
 */
import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { identityOf } from "../../src/runtime/process.ts";
import { postponeCheck } from "../../src/sessions/background.ts";
import { newId } from "../../src/sessions/id.ts";
import { enlist } from "../../src/sessions/live.ts";
import { ensureLayout, layoutOf } from "../../src/sessions/paths.ts";
import { createRecord } from "../../src/sessions/record.ts";
import { compare, report } from "./report.ts";

const binary = resolve(process.argv[2] ?? "dist/claude-ops");
const rounds = Number(process.argv[3] ?? 30);
const root = mkdtempSync(join(tmpdir(), "claude-ops-bench-"));
const sleepers = Array.from({ length: 3 }, () => spawn("sleep", ["1000"], { stdio: "ignore" }));

function home(dead: number): string {
  const path = join(root, String(dead));
  mkdirSync(path);
  const layout = layoutOf({ HOME: path });
  ensureLayout(layout);
  postponeCheck(layout.nextCheck, 3_600_000);
  for (let i = 0; i < dead + sleepers.length; i++) {
    const sleeper = sleepers[i - dead];
    const id = newId(Date.now() - (dead - i) * 1000);
    mkdirSync(join(layout.sessions, id));
    const identity = identityOf(sleeper?.pid ?? process.pid)!;
    createRecord(join(layout.sessions, id), {
      format: 1,
      id,
      name: `session-${i}`,
      project: path,
      cwd: path,
      identity: sleeper ? identity : { ...identity, startTime: 1 },
      claude: { path: "/opt/claude-code/versions/2.1.329/claude", version: "2.1.329" },
      createdAt: new Date().toISOString(),
    });
    if (sleeper) enlist(layout, id);
  }
  return path;
}

function time(home: string, words: string[], status: number): number {
  const begin = performance.now();
  const env = { HOME: home, PATH: "/usr/bin:/bin", CLAUDE_OPS_CLAUDE: "/bin/true" };
  const ended = spawnSync(binary, words, { env, cwd: home, encoding: "utf8" });
  if (ended.status !== status) throw new Error(`${words.join(" ")}: ${ended.status} ${ended.stderr}`);
  return performance.now() - begin;
}

try {
  const homes = { few: home(100), many: home(10_000) };
  const work: Record<string, (home: string) => number> = {
    list: (home) => time(home, ["session", "list"], 0),
    start: (home) => time(home, ["session", "start"], 0),
    // The name of a live session: refused.
    name: (home) => time(home, ["session", "start", `session-${home.endsWith("/100") ? 100 : 10_000}`], 1),
  };
  const times: Record<string, number[]> = {};
  for (let round = -3; round < rounds; round++) {
    for (const [what, run] of Object.entries(work)) {
      for (const [size, home] of Object.entries(homes)) {
        const taken = run(home);
        if (round >= 0) (times[`${what}.${size}`] ??= []).push(taken);
      }
    }
  }
  const titles = { list: "session list", start: "session start", name: "a name that is taken" };
  report(
    Object.entries(titles).map(([what, title]) => {
      const [many, few] = [times[`${what}.many`]!, times[`${what}.few`]!];
      return compare(`${title}, 10,000 ended sessions`, many, "100 ended ones", few, 3);
    }),
    { rounds, times },
  );
} finally {
  for (const sleeper of sleepers) sleeper.kill("SIGKILL");
  rmSync(root, { recursive: true, force: true });
}
