/**
 * What a hook before a tool costs, from its start to its exit, against an empty Node process. Usage: hook.ts [BINARY]
 * [ROUNDS]. Interleaved rounds; medians and 99th percentiles in ms; JSON on stdout.
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { addEvent } from "../../src/coordination/events.ts";
import { openShared } from "../../src/coordination/open.ts";
import { recordEdit } from "../../src/guard/guard.ts";
import { identityOf } from "../../src/runtime/process.ts";
import { newId } from "../../src/sessions/id.ts";
import { enlist } from "../../src/sessions/live.ts";
import { ensureLayout, layoutOf } from "../../src/sessions/paths.ts";
import { createRecord } from "../../src/sessions/record.ts";
import { compare, report } from "./report.ts";

const binary = resolve(process.argv[2] ?? "dist/claude-ops");
const rounds = Number(process.argv[3] ?? 300);
const root = mkdtempSync(join(tmpdir(), "claude-ops-bench-"));
const sleepers: ChildProcess[] = [];

interface Host {
  home: string;
  /** Config dir of the session whose hook is measured. */
  config: string;
}

/** A home with so many live sessions, each editing a hundred files. */
function host(name: string, sessions: number): Host {
  const home = join(root, name);
  mkdirSync(home);
  const layout = layoutOf({ HOME: home });
  ensureLayout(layout);
  const ids = Array.from({ length: sessions }, (_, i) => {
    const sleeper = spawn("sleep", ["1000"], { stdio: "ignore" });
    sleepers.push(sleeper);
    const id = newId();
    const identity = identityOf(sleeper.pid!)!;
    mkdirSync(join(layout.sessions, id));
    const place = { project: home, cwd: home, identity, claude: { path: "/opt/claude" } };
    createRecord(join(layout.sessions, id), {
      format: 1,
      id,
      name: `s${i}`,
      ...place,
      createdAt: new Date().toISOString(),
    });
    enlist(layout, id);
    for (let n = 0; n < 100; n++) {
      recordEdit(layout, { id, name: `s${i}`, identity }, join(home, `s${i}/file${n}`));
    }
    return id;
  });
  return { home, config: join(layout.sessions, ids[0]!) };
}

/** Fills the store as a long-used one is: it must make no difference. */
function addEvents({ home }: Host, count: number): void {
  const db = openShared({ HOME: home });
  db.write(() => {
    for (let i = 0; i < count; i++) addEvent(db, "s0", { type: "edited", message: `file ${i}` });
  });
}

function hook({ home, config }: Host, tool: object): number {
  const input = JSON.stringify({ session_id: "x", cwd: home, hook_event_name: "PreToolUse", ...tool });
  const env = { HOME: home, PATH: "/usr/bin:/bin", CLAUDE_CONFIG_DIR: config };
  return time(binary, ["hook", "PreToolUse"], env, input);
}

function time(program: string, args: string[], env: Record<string, string | undefined>, input = ""): number {
  const begin = performance.now();
  const { status, stderr } = spawnSync(program, args, { env, input });
  if (status !== 0) throw new Error(`${program}: ${stderr}`);
  return performance.now() - begin;
}

const edit = (path: string) => ({
  tool_name: "Edit",
  tool_input: { file_path: path, old_string: "a".repeat(200), new_string: "b".repeat(200) },
});

try {
  const [alone, beside] = [host("alone", 1), host("beside", 9)];
  addEvents(beside, 100_000);
  let fresh = 0;
  const candidates: Record<string, () => number> = {
    node: () => time("node", ["-e", "0"], process.env),
    floor: () => time(binary, ["hook", "Nothing"], { PATH: "/usr/bin:/bin" }, "{}"),
    alone: () => hook(alone, edit(join(alone.home, "s0/file1"))),
    aloneFirst: () => hook(alone, edit(join(alone.home, `fresh${++fresh}`))),
    beside: () => hook(beside, edit(join(beside.home, "s0/file1"))),
    besideFirst: () => hook(beside, edit(join(beside.home, `fresh${++fresh}`))),
    stopped: () => hook(beside, edit(join(beside.home, "s1/file1"))),
    shell: () => hook(beside, { tool_name: "Bash", tool_input: { command: "npm test" } }),
  };
  const times = Object.fromEntries(Object.keys(candidates).map((name) => [name, [] as number[]]));
  for (let round = -5; round < rounds; round++) {
    for (const [name, run] of Object.entries(candidates)) {
      const taken = run();
      if (round >= 0) times[name]!.push(taken);
    }
  }
  const p99 = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length * 0.99)]!;
  const titles: Record<string, [what: string, goal?: number]> = {
    floor: ["a hook that does nothing"],
    alone: ["hook before an edit, alone", 0.2],
    aloneFirst: ["hook before the first edit of a file, alone", 0.2],
    beside: ["hook before an edit, beside 8 sessions and 100,000 events", 0.2],
    besideFirst: ["hook before the first edit of a file, beside 8 sessions", 0.2],
    shell: ["hook before a shell command", 0.2],
    stopped: ["hook that stops an edit"],
  };
  report(
    Object.entries(titles).map(([name, [what, goal]]) => {
      const row = compare(what, times[name]!, "node -e 0", times.node!, goal);
      return { ...row, measured: `${row.measured}, p99 ${p99(times[name]!).toFixed(1)} ms` };
    }),
    { rounds },
  );
} finally {
  for (const sleeper of sleepers) sleeper.kill("SIGKILL");
  rmSync(root, { recursive: true, force: true });
}
