/**
 * What it costs to prune many ended sessions: removed at once (trash and archive off) against `find -delete` of the same
 * trees, moved to the trash, and a dry run. Usage: cleanup.ts [BINARY] [SESSIONS] [ROUNDS]. 10,000 sessions take about
 * 2 GB, the default a tenth of that. Interleaved; medians; the trees are on the disk before the clock runs. JSON on stdout.
 */
import { spawnSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { identityOf } from "../../src/runtime/process.ts";
import { newId } from "../../src/sessions/id.ts";
import { takeName } from "../../src/sessions/names.ts";
import { ensureLayout, layoutOf } from "../../src/sessions/paths.ts";
import { createRecord } from "../../src/sessions/record.ts";
import { median } from "./median.ts";
import { report, rounded } from "./report.ts";

const binary = resolve(process.argv[2] ?? "dist/claude-ops");
const count = Number(process.argv[3] ?? 1000);
const rounds = Number(process.argv[4] ?? 3);
// Not in /tmp, which may be memory.
const root = mkdtempSync(join(process.env.BENCH_DIR ?? homedir(), ".claude-ops-bench-"));
const blob = crypto.getRandomValues(new Uint8Array(65_536));
const text = (size: number) => {
  const bytes = new Uint8Array(size);
  for (let at = 0; at < size; at += blob.length) {
    bytes.set(blob.subarray(0, Math.min(blob.length, size - at)), at);
  }
  return bytes;
};
const [small, history, snapshot] = [text(400), text(2500), text(4000)];
const transcripts = [4_000, 30_000, 120_000, 600_000].map(text);

/** A home with ended sessions as Claude Code leaves them, of 60 days ago; every tenth was never used. */
function home(): string {
  const path = mkdtempSync(join(root, "home-"));
  const layout = layoutOf({ HOME: path });
  ensureLayout(layout);
  const identity = { ...identityOf(process.pid)!, startTime: 1 };
  const past = new Date(Date.now() - 60 * 86_400_000);
  for (let i = 0; i < count; i++) {
    const id = newId(past.getTime() + i);
    const directory = join(layout.sessions, id);
    const createdAt = past.toISOString();
    mkdirSync(directory);
    createRecord(directory, {
      format: 1,
      id,
      name: `s-${i}`,
      project: path,
      cwd: path,
      identity,
      claude: { path: "/c" },
      createdAt,
    });
    takeName(layout, `s-${i}`, id);
    for (const name of ["skills", "agents", "commands", "CLAUDE.md", "settings.json"]) {
      symlinkSync(join(layout.shared, name), join(directory, name));
    }
    writeFileSync(join(directory, ".claude.json"), history);
    if (i % 10 === 0) continue;
    for (
      const inside of [
        "projects/-p",
        "sessions",
        "shell-snapshots",
        `session-env/${id}`,
        `file-history/${id}`,
        "backups",
      ]
    ) {
      mkdirSync(join(directory, inside), { recursive: true });
    }
    writeFileSync(join(directory, `projects/-p/${id}.jsonl`), transcripts[i % 4]!);
    utimesSync(join(directory, `projects/-p/${id}.jsonl`), past, past);
    writeFileSync(join(directory, "history.jsonl"), history);
    writeFileSync(join(directory, "sessions/4711.json"), small);
    writeFileSync(join(directory, "shell-snapshots/snapshot.sh"), snapshot);
    for (let copy = 0; copy < 3; copy++) {
      writeFileSync(join(directory, `file-history/${id}/${copy}@v1`), snapshot);
      writeFileSync(join(directory, `backups/.claude.json.${copy}`), history);
    }
  }
  return path;
}

interface Cost {
  ms: number;
  /** CPU time of it (ms). */
  cpu: number;
  /** Most memory that it had (bytes). */
  memory: number;
  /** File system input and output (bytes), as the kernel counts blocks. */
  read: number;
  written: number;
}

/** Runs a command and measures it, with what it leaves to be written. */
function run(argv: string[], env: Record<string, string> = {}): Cost {
  spawnSync("sync");
  const figures = join(root, "time");
  const begin = performance.now();
  const ended = spawnSync("/usr/bin/time", ["-f", "%U %S %M %I %O", "-o", figures, ...argv], {
    env: { PATH: "/usr/bin:/bin", ...env },
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  const ms = performance.now() - begin;
  if (ended.status !== 0) throw new Error(`${argv.join(" ")}: ${ended.status} ${ended.stderr}`);
  const [user, system, memory, read, written] = readFileSync(figures, "utf8").trim().split(" ").map(Number);
  return {
    ms,
    cpu: (user! + system!) * 1000,
    memory: memory! * 1024,
    read: read! * 512,
    written: written! * 512,
  };
}

function prune(home: string, keys: string, ...words: string[]): Cost {
  const config = join(home, ".config/claude-ops");
  mkdirSync(config, { recursive: true });
  writeFileSync(join(config, "config.toml"), `[cleanup]\n${keys}\n`);
  return run([binary, "session", "prune", "--json", ...words], { HOME: home, CLAUDE_CODE_TMPDIR: root });
}

const off = "trash = false\narchive = false";
const work: Record<string, (home: string) => Cost> = {
  find: (home) => run(["find", join(home, ".claude/sessions"), "-mindepth", "1", "-delete"]),
  remove: (home) => prune(home, off),
  dryRun: (home) => prune(home, off, "--dry-run"),
  trash: (home) => prune(home, "archive = false"),
  archive: (home) => prune(home, ""),
};
try {
  const costs: Record<string, Cost[]> = {};
  for (let round = 0; round < rounds; round++) {
    // In turns, so that a disk that gets slower is not one command's fault.
    const order = Object.keys(work).map((_, i, all) => all[(i + round) % all.length]!);
    for (const what of order) {
      const path = home();
      (costs[what] ??= []).push(work[what]!(path));
      rmSync(path, { recursive: true, force: true });
    }
  }
  const medians = Object.fromEntries(
    Object.entries(costs).map(([what, all]) => [
      what,
      Object.fromEntries(
        (Object.keys(all[0]!) as (keyof Cost)[]).map((key) => [key, median(all.map((cost) => cost[key]))]),
      ),
    ]),
  );
  const { find, remove, dryRun, trash, archive } = medians as Record<string, Record<keyof Cost, number>>;
  const took = (cost: Record<keyof Cost, number> | undefined) =>
    `${Math.round(cost!.ms)} ms, CPU ${Math.round(cost!.cpu)} ms, ${
      Math.round(cost!.memory / 1e6)
    } MB memory, ${Math.round(cost!.written / 1e6)} MB written`;
  const title = `prune of ${count.toLocaleString("en")} sessions`;
  const yardstick = `find -delete: ${took(find)}`;
  report(
    [
      {
        what: `${title}, trash and archive off`,
        measured: took(remove),
        yardstick,
        ratio: rounded(remove!.ms / find!.ms),
        goal: 1.2,
      },
      {
        what: "the same, into the trash",
        measured: took(trash),
        yardstick,
        ratio: rounded(trash!.ms / find!.ms),
      },
      {
        what: "the same, archived too",
        measured: took(archive),
        yardstick,
        ratio: rounded(archive!.ms / find!.ms),
      },
      {
        what: "the same, a dry run",
        measured: took(dryRun),
        yardstick,
        ratio: rounded(dryRun!.ms / find!.ms),
      },
    ],
    { sessions: count, rounds, costs: medians },
  );
} finally {
  rmSync(root, { recursive: true, force: true });
}
