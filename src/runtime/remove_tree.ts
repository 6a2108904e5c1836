import { chmodSync } from "node:fs";
import { DirectoryCalls } from "./directory_calls.ts";
import { cString } from "./libc.ts";

export interface Removal {
  /** Bytes that are free now: a file that has a name elsewhere keeps what it takes. */
  freed: number;
  /** What is left, and why; undefined when nothing is. */
  left?: string;
}

/** So many directories are open at once; what lies deeper is moved up first, within the tree. */
const deepest = 100;

let calls: DirectoryCalls | undefined;

/**
 * Removes a tree, or a single file. Never follows a link and never leaves the file system or goes over a mount, whoever
 * exchanges what meanwhile; opens what its owner has closed against himself. What cannot be removed stays, and all
 * that it needs; the rest goes. A tree that is not there is removed already.
 */
export function removeTree(parent: string, name: string): Removal {
  calls ??= new DirectoryCalls();
  const work = new Work(calls);
  const top = calls.openPath(parent);
  if (top === undefined) return { freed: 0 };
  try {
    work.remove(top, cString(name));
    return { freed: work.freed, ...(work.left === undefined ? {} : { left: work.left }) };
  } finally {
    calls.close(top);
  }
}

class Work {
  freed = 0;
  /** The first thing that could not be removed. */
  left: string | undefined;
  /** How many directories were moved up to the tree's own. */
  #moved = 0;

  constructor(readonly calls: DirectoryCalls) {}

  /** @param top the tree's own directory, where what lies too deep is moved to */
  remove(parent: number, name: Uint8Array, depth = 0, top = -1): void {
    const address = this.calls.address(name);
    for (let moved = -1; moved < this.#moved;) {
      const directory = this.calls.open(parent, address) ?? this.#forced(parent, address);
      if (directory === undefined) return this.#unlink(parent, name);
      moved = depth === 0 ? this.#moved : Infinity;
      try {
        this.#empty(directory, depth, depth === 0 ? directory : top);
      } finally {
        this.calls.close(directory);
      }
    }
    const facts = this.calls.facts(parent, address);
    const rmdir = () => this.calls.rmdir(parent, address);
    if (rmdir() || (allowWriting(parent) && rmdir())) this.freed += facts?.bytes ?? 0;
    else this.#complain(parent, name);
  }

  #empty(directory: number, depth: number, top: number): void {
    const inside: Uint8Array[] = [];
    for (let more = true; more;) {
      more = false;
      for (const entry of this.calls.read(directory)) {
        more = true;
        if (entry.isDirectory) inside.push(entry.name.slice());
        else this.#unlink(directory, entry.name);
      }
    }
    for (const name of inside) {
      if (depth < deepest || !this.#up(directory, name, top)) this.remove(directory, name, depth + 1, top);
    }
  }

  #unlink(directory: number, name: Uint8Array): void {
    const address = this.calls.address(name);
    const facts = this.calls.facts(directory, address);
    if (facts === undefined) return;
    const unlink = () => this.calls.unlink(directory, address);
    if (unlink() || (allowWriting(directory) && unlink())) this.freed += facts.links === 1 ? facts.bytes : 0;
    else this.#complain(directory, name);
  }

  /** A directory that its owner has closed against himself. */
  #forced(parent: number, name: number): number | undefined {
    const closed = this.calls.open(parent, name, false);
    if (closed === undefined) return undefined;
    try {
      return allowWriting(closed) ? this.calls.open(parent, name) : undefined;
    } finally {
      this.calls.close(closed);
    }
  }

  #up(directory: number, name: Uint8Array, top: number): boolean {
    const fresh = cString(`.deeper-${this.#moved + 1}-${crypto.randomUUID()}`);
    const moved = this.calls.rename(directory, this.calls.address(name), top, this.calls.address(fresh));
    if (moved) this.#moved++;
    return moved;
  }

  #complain(directory: number, name: Uint8Array): void {
    const facts = this.calls.facts(directory, this.calls.address(name));
    if (facts === undefined) return;
    const shown = JSON.stringify(new TextDecoder().decode(name.subarray(0, -1)));
    this.left ??= facts.isMount ? `something is mounted at ${shown}` : `${shown} may not be removed`;
  }
}

/** Lets us into a directory that its owner has closed against himself; false where it is not ours. */
function allowWriting(directory: number): boolean {
  try {
    // The very directory that was opened, wherever its name leads by now.
    chmodSync(`/proc/self/fd/${directory}`, 0o700);
    return true;
  } catch {
    return false;
  }
}
