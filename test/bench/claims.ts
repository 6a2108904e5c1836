/**
 * What the shared database takes: claims from 32 processes on one name each round, tasks from one queue, and what a claim,
 * an event and a value cost with little and with much in it. Usage: claims.ts [ROUNDS]. JSON on stdout.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { claim, unclaim } from "../../src/coordination/claims.ts";
import { addEvent } from "../../src/coordination/events.ts";
import { ownerOfProcess } from "../../src/coordination/owner.ts";
import { setState } from "../../src/coordination/state.ts";
import { stressClaims, stressQueue } from "../../src/coordination/stress/stress.ts";
import { Database } from "../../src/store/database.ts";
import { median } from "./median.ts";
import { report, rounded } from "./report.ts";

const rounds = Number(process.argv[2] ?? 100_000);
const root = mkdtempSync(join(tmpdir(), "claude-ops-bench-"));
const perSecond = (count: number, milliseconds: number) => Math.round(1000 * count / milliseconds);
const owner = ownerOfProcess(process.pid);

/** Medians in ms of each, with little in the database and with 100,000 events and 10,000 values. */
function growth() {
  const db = new Database(mkdtempSync(join(root, "growth-")));
  const work: Record<string, (i: number) => void> = {
    claim: (i) => {
      claim(db, `issue:${i}`, owner);
      unclaim(db, `issue:${i}`, { owner });
    },
    event: (i) => addEvent(db, "bench", { type: "t", message: String(i) }),
    value: (i) => setState(db, { scope: "s", key: `new ${i}`, value: i }, "bench"),
  };
  const time = () =>
    Object.fromEntries(
      Object.entries(work).map(([what, run]) => {
        const times = Array.from({ length: 500 }, (_, i) => {
          const begin = performance.now();
          run(i);
          return performance.now() - begin;
        });
        return [what, median(times)];
      }),
    );
  time();
  const little = time();
  db.write(() => {
    for (let i = 0; i < 100_000; i++) addEvent(db, "bench", { type: "t", message: `event ${i}` });
    for (let i = 0; i < 10_000; i++) setState(db, { scope: `s${i % 10}`, key: String(i), value: i }, "bench");
  });
  const much = time();
  db.close();
  return { little, much };
}

try {
  const claims = await stressClaims(mkdtempSync(join(root, "claims-")), { processes: 32, rounds });
  const queue = await stressQueue(mkdtempSync(join(root, "queue-")), {
    processes: 32,
    count: Math.ceil(rounds / 10),
  });
  const faults = [...claims.faults, ...queue.faults];
  if (faults.length > 0) throw new Error(faults.join("; "));
  const { little, much } = growth();
  const grants = perSecond(claims.grants, claims.milliseconds);
  report([
    {
      what: `claims of 32 processes on one name a round, ${rounds} rounds, 0 granted twice`,
      measured: `${grants} grants/s`,
      goal: { text: "≥ 2,000/s", met: grants >= 2000 },
    },
    {
      what: "tasks of one queue for 32 processes, a third of them killed",
      measured: `${perSecond(queue.tasks, queue.milliseconds)} tasks/s`,
    },
    ...Object.keys(little).map((what) => ({
      what: `${what}, with 100,000 events and 10,000 values`,
      measured: `${rounded(much[what]!)} ms`,
      yardstick: `with few ${rounded(little[what]!)} ms`,
      ratio: rounded(much[what]! / little[what]!),
      goal: 1.5,
    })),
  ], { claims, queue });
} finally {
  rmSync(root, { recursive: true, force: true });
}
