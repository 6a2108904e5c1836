import type { Environment } from "../claude/environment.ts";
import type { Config } from "../config/schema.ts";
import { acquire, release } from "../coordination/locks.ts";
import { ownerOfProcess } from "../coordination/owner.ts";
import type { Database } from "../store/database.ts";
import { embedderOf } from "./embedder.ts";
import { countWaiting, delivered, due, failed, nextAttempt, retryNow } from "./outbox.ts";
import { receiverOf } from "./receiver.ts";
import { addVectors, countMissing } from "./vectors.ts";

export interface SyncResult {
  /** Messages that the receiver took. */
  delivered: number;
  /** Messages that still wait. */
  waiting: number;
  /** Memories that the embedding service was asked about. */
  embedded: number;
  /** What went wrong; the rest is tried again. */
  problems: string[];
  /** Another process is at it, and does this too. */
  busy?: true;
}

export interface SyncOptions {
  /** Also what is to be tried again later only, and waiting for another process that is at it. */
  everything?: boolean;
  /** Milliseconds for which what fails is tried again, after pauses that grow. */
  patience?: number;
}

/**
 * Sends on what waits, in order for each project, and asks the embedding service about what is new. A message is gone
 * from the queue only after it was taken: when this process is killed, it is sent again.
 */
export async function sync(
  database: Database,
  config: Config,
  env: Environment,
  { everything = false, patience = 0 }: SyncOptions = {},
): Promise<SyncResult> {
  const result: SyncResult = { delivered: 0, waiting: 0, embedded: 0, problems: [] };
  const deadline = Date.now() + patience;
  if (everything) retryNow(database);
  for (;;) {
    const turn = await takeTurn(database, config, env, everything ? 5000 : 0);
    result.delivered += turn.delivered;
    result.embedded += turn.embedded;
    result.problems = turn.problems;
    result.waiting = countWaiting(database);
    if (turn.busy) return { ...result, busy: true };
    // Who saved while this one was about to end left it to this one.
    if (receiverOf(config) !== undefined && due(database).length > 0) continue;
    const pause = nextAttempt(database) - Date.now();
    if (result.waiting === 0 || Date.now() + pause > deadline) return result;
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

async function takeTurn(database: Database, config: Config, env: Environment, patience: number) {
  const me = ownerOfProcess(process.pid);
  // A later message must not overtake one that another process is just sending.
  const taken = await acquire(database, "memory-sync", me, { patience });
  if (!taken.granted) return { delivered: 0, embedded: 0, problems: [], busy: true };
  try {
    const sent = await deliver(database, config, env);
    const asked = await embed(database, config, env);
    return {
      delivered: sent.delivered,
      embedded: asked.count,
      problems: [...sent.problems, ...asked.problems],
      busy: false,
    };
  } finally {
    release(database, "memory-sync", { owner: me });
  }
}

async function deliver(database: Database, config: Config, env: Environment) {
  const receiver = receiverOf(config);
  const problems: string[] = [];
  let count = 0;
  for (let next = receiver && due(database); receiver && next?.length; next = due(database)) {
    for (const each of next) {
      try {
        await receiver.take(each.message, env);
        delivered(database, each.number);
        count++;
      } catch (error) {
        const { message } = error as Error;
        failed(database, each, message);
        if (!problems.includes(message)) problems.push(message);
      }
    }
  }
  return { delivered: count, problems };
}

async function embed(database: Database, config: Config, env: Environment) {
  const embedder = embedderOf(config, env);
  if (embedder === undefined) return { count: 0, problems: [] };
  const before = countMissing(database, embedder);
  try {
    return { count: await addVectors(database, embedder), problems: [] };
  } catch (error) {
    const count = before - countMissing(database, embedder);
    return { count, problems: [`${embedder.host}: ${(error as Error).message}`] };
  }
}
