import { readSync, writeSync } from "node:fs";
import { Database } from "../../store/database.ts";
import { claim } from "../claims.ts";
import { completeTask } from "../end_task.ts";
import { ownerOfProcess } from "../owner.ts";
import { claimTask } from "../queue.ts";
import { setState } from "../state.ts";

export const roles = ["claims", "queue", "writes"] as const;
export type Role = (typeof roles)[number];

/** Says on stdout what was acknowledged, and nothing before it was. */
const say = (text: string | number) => writeSync(1, `${text}\n`);
/** Waits for the next word of who started this, or for the end of its interest. */
const hear = () => readSync(0, new Uint8Array(1)) > 0;

/** One of many processes that use a database as hard as they can: each says that it is ready and begins when told to. */
export function stressWorker(role: Role, directory: string, from: number, count: number): void {
  const db = new Database(directory);
  const owner = ownerOfProcess(process.pid);
  say("ready");
  // Whoever started it was killed.
  if (!hear()) return;
  if (role === "writes") {
    // Each writes to a scope of its own, so that `from` is where a killed one stopped.
    const scope = process.env.CLAUDE_OPS_STRESS_NAME ?? String(process.pid);
    for (let key = from; key < count; key++) {
      setState(db, { scope, key: String(key), value: key }, scope);
      say(key);
    }
  } else if (role === "claims") {
    for (let round = from; round < count; round++) {
      if (claim(db, `round:${round}`, owner).granted) say(round);
    }
    say("done");
    // What it has ends with it: it stays until all others have tried.
    hear();
  } else {
    for (
      let task = claimTask(db, "stress", owner);
      task !== undefined;
      task = claimTask(db, "stress", owner)
    ) {
      completeTask(db, task.id, owner);
      say(task.id);
    }
  }
}
