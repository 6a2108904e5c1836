import { chmodSync } from "node:fs";
import { DirectoryCalls } from "./directory_calls.ts";
import { cString } from "./libc.ts";
import { Listing } from "./listing.ts";

export interface Removal {
  /** Bytes that are free now: a file that has a name elsewhere keeps what it takes. */
  freed: number;
  /** What is left, and why; undefined when nothing is. */
  left?: string;
}

/** So many directories are open at once; what lies deeper is moved up first, within the tree. */
const deepest = 100;

let calls: DirectoryCalls | undefined;
/** One for each level that is being gone through. */
const listings: Listing[] = [];

/**
 * Removes a tree, or a single file. Never follows a link and never leaves the file system or goes over a mount, whoever
 * exchanges what meanwhile; opens what its owner has closed against himself. What cannot be removed stays, and all
 * that it needs; the rest goes. A tree that is not there is removed already.
 */
export function removeTree(parent: string, name: string): Removal {
  calls ??= new DirectoryCalls();
  const top = calls.openPath(parent);
  if (top === undefined) return { freed: 0 };
  const work = new Work(calls, name);
  try {
    work.remove(top, calls.address(work.bytes));
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

  /** The tree's own name. */
  readonly bytes: Uint8Array;

  constructor(readonly calls: DirectoryCalls, readonly whole: string) {
    this.bytes = cString(whole);
  }

  /** @param top the tree's own directory, where what lies too deep is moved to */
  remove(parent: number, name: number, depth = 0, top = -1): void {
    for (let moved = -1; moved < this.#moved;) {
      const directory = this.calls.open(parent, name) ?? this.#forced(parent, name);
      if (directory === undefined) return this.#unlink(parent, name);
      moved = depth === 0 ? this.#moved : Infinity;
      try {
        if (this.#emptied(parent, name, directory, depth, depth === 0 ? directory : top)) return;
      } finally {
        this.calls.close(directory);
      }
    }
    if (!this.#rmdir(parent, name) && !(allowWriting(parent) && this.#rmdir(parent, name))) {
      this.#complain(parent, name);
    }
  }

  /** Removes what is in a directory; whether the directory went too, because that was plainly all. */
  #emptied(parent: number, name: number, directory: number, depth: number, top: number): boolean {
    const listing = listings[depth] ??= new Listing(this.calls);
    while (listing.fill(directory)) {
      while (listing.next()) {
        if (!listing.isDirectory) this.#unlink(directory, listing.name);
        else if (depth < deepest || !this.#up(directory, listing.name, top)) {
          this.remove(directory, listing.name, depth + 1, top);
        }
      }
      if (listing.seemsAll && this.#rmdir(parent, name)) return true;
    }
    return false;
  }

  #rmdir(parent: number, name: number): boolean {
    const disk = this.calls.facts(parent, name)?.disk ?? 0;
    const gone = this.calls.rmdir(parent, name);
    if (gone) this.freed += disk;
    return gone;
  }

  #unlink(directory: number, name: number): void {
    const facts = this.calls.facts(directory, name);
    if (facts === undefined) return;
    const freed = facts.links === 1 ? facts.disk : 0;
    const unlink = () => this.calls.unlink(directory, name);
    if (unlink() || (allowWriting(directory) && unlink())) this.freed += freed;
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

  #up(directory: number, name: number, top: number): boolean {
    const fresh = cString(`.deeper-${this.#moved + 1}-${crypto.randomUUID()}`);
    const moved = this.calls.rename(directory, name, top, this.calls.address(fresh));
    if (moved) this.#moved++;
    return moved;
  }

  #complain(directory: number, name: number): void {
    const facts = this.calls.facts(directory, name);
    if (facts === undefined) return;
    const shown = JSON.stringify(listings.find((listing) => listing.name === name)?.text ?? this.whole);
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
