import { removeTree } from "./remove_tree.ts";

/** Trees of one directory that several threads remove together. */
export interface Round {
  parent: string;
  names: readonly string[];
  /** In memory that they share: the next that nobody has taken, then for each what became of it. */
  state: Int32Array;
  /** Bytes that removing each freed. */
  freed: Float64Array;
}

/** What became of a tree: gone, or looked at and something of it stays. */
export const [Gone, Stays] = [1, 2];

/** Trees to remove, as two threads share the work. */
export function newRound(parent: string, names: readonly string[]): Round {
  return {
    parent,
    names,
    state: new Int32Array(new SharedArrayBuffer((names.length + 1) * 4)),
    freed: new Float64Array(new SharedArrayBuffer(names.length * 8)),
  };
}

/** Takes one tree after the other, until all are taken. */
export function work({ parent, names, state, freed }: Round): void {
  for (let i; (i = Atomics.add(state, 0, 1)) < names.length;) {
    const removal = removeTree(parent, names[i]!);
    freed[i] = removal.freed;
    Atomics.store(state, i + 1, removal.left === undefined ? Gone : Stays);
    Atomics.notify(state, i + 1);
  }
}
