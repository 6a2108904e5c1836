import { spawn, spawnSync } from "node:child_process";
import { chownSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { claudeEntries } from "../../src/claude/registry.ts";
import { due } from "../../src/cleanup/rules.ts";
import { identityOf, type ProcessIdentity } from "../../src/runtime/process.ts";
import { newId } from "../../src/sessions/id.ts";
import { listSessions } from "../../src/sessions/list.ts";
import { enlist, liveSessions } from "../../src/sessions/live.ts";
import { ensureLayout, type Layout, layoutOf } from "../../src/sessions/paths.ts";
import { presenceOf, sessionLiveness } from "../../src/sessions/presence.ts";
import { createRecord, readRecord, type SessionRecord } from "../../src/sessions/record.ts";
import { scratch } from "./scratch.ts";
import { until } from "./session_host.ts";

const me = identityOf(process.pid)!;

/** A process of the test's own. */
function sleeper(): ProcessIdentity {
  const child = spawn("sleep", ["100"], { stdio: "ignore" });
  onTestFinished(() => void child.kill("SIGKILL"));
  return identityOf(child.pid!)!;
}

function session(
  identity: ProcessIdentity,
  created = Date.now(),
): { layout: Layout; record: SessionRecord; directory: string } {
  const layout = layoutOf({ HOME: scratch() });
  ensureLayout(layout);
  const id = newId(created);
  const directory = join(layout.sessions, id);
  mkdirSync(join(directory, "sessions"), { recursive: true });
  const record: SessionRecord = {
    format: 1,
    id,
    name: "one",
    project: "/",
    cwd: "/",
    identity,
    claude: { path: "/c" },
    createdAt: new Date(created).toISOString(),
  };
  createRecord(directory, record);
  enlist(layout, id);
  return { layout, record, directory };
}

const says = (directory: string, { pid, startTime }: ProcessIdentity, more: object) =>
  writeFileSync(
    join(directory, `sessions/${pid}.json`),
    JSON.stringify({ pid, procStart: String(startTime), ...more }),
  );

test.each(["busy", "idle", "shell"] as const)("a session is %s as Claude Code says", (status) => {
  const { layout, record, directory } = session(me);
  says(directory, me, { status, statusUpdatedAt: 1_700_000_000_000 });
  expect(presenceOf(layout, record)).toEqual({ doing: status, pids: [me.pid], since: 1_700_000_000_000 });
});

test("one that waits says for what", () => {
  const { layout, record, directory } = session(me);
  says(directory, me, { status: "waiting", waitingFor: "permission prompt" });
  expect(presenceOf(layout, record)).toMatchObject({ doing: "waiting", waitingFor: "permission prompt" });
});

test.each([
  ["nothing", ""],
  ["half a file", '{"pid":1,"procSt'],
  ["no object", "null"],
  [
    "a word that is not known",
    JSON.stringify({ pid: me.pid, procStart: String(me.startTime), status: "dreaming" }),
  ],
  [
    "another process's words",
    JSON.stringify({ pid: me.pid, procStart: String(me.startTime + 1), status: "busy" }),
  ],
])("a running session of which Claude Code says %s is live", (_, text) => {
  const { layout, record, directory } = session(me);
  if (text) writeFileSync(join(directory, `sessions/${me.pid}.json`), text);
  expect(presenceOf(layout, record)).toEqual({ doing: "live", pids: [me.pid] });
});

test.runIf(process.getuid!() === 0)("what another user wrote there is not believed", () => {
  const { directory } = session(me);
  says(directory, me, { status: "busy" });
  chownSync(join(directory, `sessions/${me.pid}.json`), 12345, 12345);
  expect(claudeEntries(directory)).toEqual([]);
});

test("an ended session whose words are left over is dead, after a kill and after a reboot", () => {
  for (const identity of [{ ...me, startTime: me.startTime + 1 }, { ...me, bootId: "of-the-last-boot" }]) {
    const { layout, record, directory } = session(identity);
    // After the reboot, the very same pid and ticks are somebody else's.
    says(directory, identity, { status: "busy" });
    expect(presenceOf(layout, record)).toEqual({ doing: "ended", pids: [] });
    expect(liveSessions(layout)).toEqual([]);
  }
});

test("what an ended session left in the background keeps it live until that ends too", async () => {
  const { layout, record, directory } = session({ ...me, startTime: 1 }, Date.now() - 10 * 3_600_000);
  const [worker, daemon] = [sleeper(), sleeper()];
  says(directory, worker, { kind: "bg", status: "busy" });
  writeFileSync(
    join(directory, "daemon.lock"),
    JSON.stringify({ pid: daemon.pid, procStart: String(daemon.startTime) }),
  );
  expect(presenceOf(layout, record)).toEqual({ doing: "background", pids: [worker.pid, daemon.pid] });
  expect(sessionLiveness(layout, record)).toBe("live");
  expect(listSessions(layout, false).sessions).toMatchObject([{
    state: "background",
    live: true,
    pid: worker.pid,
  }]);
  expect(due(layout, { unusedAge: 3_600_000 }, Date.now())).toEqual([]);
  process.kill(worker.pid, "SIGKILL");
  await until(() => identityOf(worker.pid) === undefined, "the worker's end");
  expect(presenceOf(layout, record)).toMatchObject({ doing: "background", pids: [daemon.pid] });
  process.kill(daemon.pid, "SIGKILL");
  await until(() => identityOf(daemon.pid) === undefined, "the daemon's end");
  expect(sessionLiveness(layout, record)).toBe("dead");
  expect(due(layout, { unusedAge: 3_600_000 }, Date.now())).toHaveLength(1);
});

test("the clock decides nothing: a session of tomorrow or of 1970 is as live as its process", () => {
  for (const created of [Date.now() + 86_400_000, 1]) {
    const { layout, record, directory } = session(me, created);
    says(directory, me, { status: "idle", statusUpdatedAt: created });
    expect(presenceOf(layout, record)).toMatchObject({ doing: "idle" });
    expect(listSessions(layout, false).sessions).toMatchObject([{ live: true }]);
    expect(presenceOf(layout, { ...record, identity: { ...me, startTime: 1 } })).toMatchObject({
      doing: "background",
    });
  }
});

test("memory is that of a session's process and of all that it started", () => {
  const { layout } = session(me);
  // What it shares with others counts only in part, so it is given something of its own.
  const own = Buffer.alloc(30e6, 1);
  expect(listSessions(layout, false).sessions[0]!.memory).toBeGreaterThan(own.length);
  const { layout: other } = session(sleeper());
  expect(listSessions(other, false).sessions[0]!.memory).toBeLessThan(10e6);
});

test.runIf(process.getuid!() === 0)(
  "of two containers that share a home, each sees the other's session elsewhere",
  () => {
    const { layout, record } = session(me);
    const seen = join(layout.home, "seen.ts");
    const source = new URL("../../src/sessions/", import.meta.url).pathname;
    writeFileSync(
      seen,
      `import { listSessions } from "${source}list.ts"; import { layoutOf } from "${source}paths.ts";
     const layout = layoutOf({ HOME: "${layout.home}" });
     console.log(JSON.stringify(listSessions(layout, false).sessions)); process.exit(0);`,
    );
    const words = "Deno" in globalThis ? [process.execPath, "run", "-A", seen] : [process.execPath, seen];
    // Pids count anew in there: this session's pid may well be somebody's.
    const inside = 'hostname other; for i in 1 2 3 4 5 6 7 8; do sleep 5 & done; exec "$@"';
    const run = spawnSync(
      "unshare",
      ["--uts", "--pid", "--fork", "--mount-proc", "sh", "-c", inside, "sh", ...words],
      { encoding: "utf8" },
    );
    expect(JSON.parse(run.stdout.trim().split("\n").at(-1)!)).toMatchObject([
      { id: record.id, state: "elsewhere", live: false, pid: null, host: me.host },
    ]);
    expect(readRecord(join(layout.sessions, record.id))).toEqual(record);
    expect(liveSessions(layout)).toMatchObject([{ record, liveness: "live" }]);
  },
);
