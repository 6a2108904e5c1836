import { availableParallelism } from "node:os";
import { newRound, type Round, Stays, work } from "./removal_round.ts";
import { type Removal, removeTree } from "./remove_tree.ts";
import { compiled } from "./self.ts";

interface Thread {
  postMessage(message: unknown): void;
  terminate(): void;
}

/** How long another thread may be at one tree before we go over it too (ms). */
const patience = 1000;

/**
 * Removes trees, many of them on two threads: it is waiting for a disk and work in the kernel, and file systems let
 * several in. Nothing is asynchronous. To be disposed of.
 */
export class Removals {
  #thread: Thread | undefined;

  /** @param expected how many there will be: for few a thread is not worth its start of 12 ms (Bun 1.4.5) */
  constructor(expected: number) {
    if (expected >= 200 && availableParallelism() > 1) this.#thread = started();
  }

  /** Trees of one directory, each as `removeTree` does it; by name. They may go from now on. */
  begin(parent: string, names: readonly string[]): Round {
    const round = newRound(parent, names);
    this.#thread?.postMessage(round);
    return round;
  }

  /** Does what is left of a round, and waits for the other thread's part. */
  finish(round: Round): Map<string, Removal> {
    work(round);
    return new Map(round.names.map((name, i) => [name, outcome(round, i)]));
  }

  [Symbol.dispose](): void {
    this.#thread?.terminate();
  }
}

function outcome({ parent, names, state, freed }: Round, i: number): Removal {
  if (state[i + 1] === 0) Atomics.wait(state, i + 1, 0, patience);
  const done = Atomics.load(state, i + 1);
  if (done !== 0 && done !== Stays) return { freed: freed[i]! };
  // Again, for the reason. What the other thread is still at may be removed by both.
  const { freed: more, ...removal } = removeTree(parent, names[i]!);
  return { freed: freed[i]! + more, ...removal };
}

function started(): Thread | undefined {
  const { Worker } = globalThis as unknown as { Worker: new (url: URL | string, options: object) => Thread };
  const source = compiled ? "./runtime/removal_worker.ts" : new URL("./removal_worker.ts", import.meta.url);
  try {
    return new Worker(source, { type: "module" });
  } catch {
    return undefined; // One thread does it all.
  }
}
