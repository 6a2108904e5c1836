/**
 * What it costs to prune many ended sessions: removed at once (trash and archive off) against `find -delete` of the same
 * trees, moved to the trash, and a dry run, which has to say what a run then does.
 * Usage: cleanup.ts [BINARY] [SESSIONS] [ROUNDS], as root, in BENCH_DIR or the home; 2,000 sessions, with BENCH_FULL=1
 * 10,000, which take 2 GB, twice.
 * Interleaved, each on a fresh copy of the same disk; medians. JSON on stdout.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import type { Report } from "../../src/cleanup/carry_out.ts";
import { type Cost, costOf, megabytes, trafficInWords } from "./cost.ts";
import { OwnDisk, type Traffic, withOwnMounts } from "./own_disk.ts";
import { fillWithSessions } from "./past_sessions.ts";
import { compare, report, type Row, took } from "./report.ts";

withOwnMounts();
const binary = resolve(process.argv[2] ?? "dist/claude-ops");
const count = Number(process.argv[3] ?? (process.env.BENCH_FULL ? 10_000 : 2000));
const rounds = Number(process.argv[4] ?? 3);
const root = mkdtempSync(join(process.env.BENCH_DIR ?? homedir(), ".claude-ops-bench-"));
const home = join(root, "disk");
const sessions = join(home, ".claude/sessions");
/** What the last run of each said. */
const said: Record<string, Report> = {};

type Measurement = (traffic: () => Traffic) => Cost;
const find: Measurement = (traffic) =>
  costOf(["find", sessions, "-mindepth", "1", "-delete"], {}, join(root, "time"), traffic);
const warmed = (measurement: Measurement): Measurement => (traffic) => {
  // As after a backup or a search: all directories and inodes have been read.
  spawnSync("find", [home, "-newermt", "2999-01-01"]);
  return measurement(traffic);
};
const prune = (name: string, keys: string, ...words: string[]): Measurement => (traffic) => {
  const config = join(home, ".config/claude-ops");
  mkdirSync(config, { recursive: true });
  writeFileSync(join(config, "config.toml"), `[cleanup]\n${keys}\n`);
  const env = { HOME: home, CLAUDE_CODE_TMPDIR: root };
  const { stdout, ...cost } = costOf(
    [binary, "session", "prune", "--json", ...words],
    env,
    join(root, "time"),
    traffic,
  );
  said[name] = JSON.parse(stdout);
  return cost;
};

const off = "trash = false\narchive = false";
const removal = prune("removal", off);
const rehearsal = prune("rehearsal", off, "--dry-run");
const measurements = {
  find,
  removal,
  rehearsal,
  trash: prune("trash", "archive = false"),
  findWarm: warmed(find),
  removalWarm: warmed(removal),
};
type Name = keyof typeof measurements;

try {
  const disk = new OwnDisk(root, count * 400_000 + (64 << 20), (place) => fillWithSessions(place, count));
  const costs = new Map<Name, Cost[]>();
  for (let round = 0; round < rounds; round++) {
    const names = Object.keys(measurements) as Name[];
    // In turns, so that a disk that gets slower is not one command's fault.
    for (const [i] of names.entries()) {
      const name = names[(i + round) % names.length]!;
      const cost = disk.use(measurements[name]);
      costs.set(name, [...costs.get(name) ?? [], cost]);
      console.error(
        `${round + 1}/${rounds} ${name}: ${took([cost.ms])}, CPU ${took([cost.cpu])}, ${
          megabytes([cost], "memory")
        }, ${trafficInWords([cost])}`,
      );
    }
  }
  disk.close();
  tell(Object.fromEntries(costs) as Record<Name, Cost[]>);
} finally {
  rmSync(root, { recursive: true, force: true });
}

function tell(costs: Record<Name, Cost[]>): void {
  const { find, removal, rehearsal, trash, findWarm, removalWarm } = costs;
  const than = "`find -delete`";
  const prune = `prune of ${count.toLocaleString("en")} sessions`;
  const [off, warm] = [`${prune}, trash and archive off`, `${prune}, all directories in memory before`];
  const times = (what: string, ours: Cost[], theirs: Cost[], key: "ms" | "cpu", goal?: number): Row =>
    compare(what, ours.map((cost) => cost[key]), than, theirs.map((cost) => cost[key]), goal);
  const beside = (what: string, words: (costs: Cost[]) => string): Row => ({
    what,
    measured: words(removal),
    yardstick: `${than}: ${words(find)}`,
  });
  report([
    times(off, removal, find, "ms", 1.2),
    times(`${off}: CPU time`, removal, find, "cpu"),
    beside(`${off}: memory`, (all) => megabytes(all, "memory")),
    beside(`${off}: from and to the disk`, trafficInWords),
    times(warm, removalWarm, findWarm, "ms", 1.2),
    times(`${warm}: CPU time`, removalWarm, findWarm, "cpu"),
    times(`${prune} into the trash`, trash, find, "ms"),
    times(`${prune}, a dry run`, rehearsal, find, "ms"),
    {
      what: "what the dry run says and the run does",
      measured: isSame() ? "the same" : "not the same",
      goal: { text: "the same", met: isSame() },
    },
  ], { sessions: count, rounds, costs });
}

function isSame(): boolean {
  const { dryRun: _, later: __, ...would } = said.rehearsal!;
  const { dryRun: ___, ...did } = said.removal!;
  return did.actions.length === count && JSON.stringify(would) === JSON.stringify(did);
}
