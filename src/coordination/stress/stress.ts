import { Database } from "../../store/database.ts";
import { push } from "../queue.ts";
import { tasks } from "../tasks.ts";
import { startWorker, type Worker } from "./processes.ts";

export interface Figures {
  processes: number;
  /** How many of them were killed with -9, at random moments. */
  killed: number;
  milliseconds: number;
  /** What went wrong, in words; empty when nothing did. */
  faults: string[];
}

/** All try to claim each of so many names. Every name must be granted to one. */
export async function stressClaims(
  directory: string,
  { processes, rounds }: { processes: number; rounds: number },
): Promise<Figures & { grants: number }> {
  const workers = Array.from(
    { length: processes },
    (_, i) => startWorker("claims", { directory, name: String(i), count: rounds }),
  );
  await Promise.all(workers.map(({ ready }) => ready));
  const start = performance.now();
  for (const worker of workers) worker.begin();
  await Promise.all(workers.map(({ done }) => done));
  const milliseconds = performance.now() - start;
  for (const worker of workers) worker.dismiss();
  const faults = await complaints(workers);
  const winners = Array.from({ length: rounds }, () => 0);
  for (const { said } of workers) for (const round of said) winners[round]!++;
  const [twice, never] = [
    winners.filter((count) => count > 1).length,
    winners.filter((count) => count === 0).length,
  ];
  if (twice > 0) faults.push(`${twice} names were granted more than once`);
  if (never > 0) faults.push(`${never} names were granted to nobody`);
  return { processes, killed: 0, milliseconds, grants: rounds - never, faults };
}

/** All take tasks from one queue while a third of them is killed. Every task must be completed once. */
export async function stressQueue(
  directory: string,
  { processes, count }: { processes: number; count: number },
): Promise<Figures & { tasks: number }> {
  const db = new Database(directory);
  const ids = db.write(() =>
    Array.from({ length: count }, (_, i) => push(db, "stress", i, "stress", { maxAttempts: 1000 }))
  );
  const workers = Array.from(
    { length: processes },
    (_, i) => startWorker("queue", { directory, name: String(i), count: 0 }),
  );
  await Promise.all(workers.map(({ ready }) => ready));
  const start = performance.now();
  for (const worker of workers) worker.begin();
  const victims = workers.slice(0, Math.ceil(processes / 3));
  await Promise.all(victims.map((victim, i) => killAfter(victim, (i + 1) * count / processes / 4)));
  await Promise.all(workers.map(({ ended }) => ended));
  // What the last ones had who were killed is for whoever comes next.
  const last = startWorker("queue", { directory, name: "last", count: 0 });
  last.begin();
  const faults = await complaints([...workers.slice(victims.length), last]);
  const milliseconds = performance.now() - start;
  const done = new Map<number, number>();
  for (const { said } of [...workers, last]) for (const id of said) done.set(id, (done.get(id) ?? 0) + 1);
  const twice = [...done.values()].filter((times) => times > 1).length;
  const open = tasks(db, "stress").length;
  // Who was killed may have had no time to say that it had completed one.
  const unsaid = ids.filter((id) => !done.has(id)).length;
  if (twice > 0) faults.push(`${twice} tasks were completed more than once`);
  if (open > 0) faults.push(`${open} tasks were not completed`);
  if (unsaid > victims.length) faults.push(`${unsaid} tasks were completed by nobody`);
  db.close();
  return { processes, killed: victims.length, milliseconds, tasks: count, faults };
}

/** All write, and are killed at random and begin again. What was acknowledged must be there in the end. */
export async function stressWrites(
  directory: string,
  { processes, count, kills }: { processes: number; count: number; kills: number },
): Promise<Figures & { acknowledged: number }> {
  const start = performance.now();
  let left = kills;
  const faults: string[] = [];
  const write = async (name: string) => {
    const acknowledged = new Set<number>();
    while (acknowledged.size < count) {
      const from = acknowledged.size;
      const worker = startWorker("writes", { directory, name, from, count });
      worker.begin();
      const victim = left > 0 && left-- > 0;
      if (victim) await killAfter(worker, 1 + Math.random() * count * processes / kills);
      const { status, complaint } = await worker.ended;
      for (const key of worker.said) acknowledged.add(key);
      if (!victim && status !== 0) {
        faults.push(`a writer failed: ${complaint.trim()}`);
        break;
      }
    }
    return { name, acknowledged };
  };
  const all = await Promise.all(Array.from({ length: processes }, (_, i) => write(`writer-${i}`)));
  const milliseconds = performance.now() - start;
  const db = new Database(directory);
  let [acknowledged, lost] = [0, 0];
  for (const { name, acknowledged: keys } of all) {
    const kept = new Set(
      db.all<{ key: string }>("SELECT key FROM state WHERE scope = ?", name).map(({ key }) => Number(key)),
    );
    acknowledged += keys.size;
    for (const key of keys) if (!kept.has(key)) lost++;
  }
  if (lost > 0) faults.push(`${lost} acknowledged writes were lost`);
  const [check] = db.all<{ integrity_check: string }>("PRAGMA integrity_check(1)");
  if (check?.integrity_check !== "ok") faults.push(`the database is damaged: ${check?.integrity_check}`);
  db.close();
  return { processes, killed: kills - left, milliseconds, acknowledged, faults };
}

/** Kills a worker once it has acknowledged so many, or has none left. */
async function killAfter(worker: Worker, acknowledged: number): Promise<void> {
  let ended = false;
  worker.ended.finally(() => ended = true);
  while (!ended && worker.said.length < acknowledged) await new Promise((resolve) => setTimeout(resolve, 2));
  worker.kill();
}

async function complaints(workers: readonly Worker[]): Promise<string[]> {
  const all = await Promise.all(workers.map(({ ended }) => ended));
  return all.filter(({ status }) => status !== 0).map(({ complaint }) =>
    `a process failed: ${complaint.trim()}`
  );
}
