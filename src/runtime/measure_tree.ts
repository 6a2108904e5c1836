import { DirectoryCalls } from "./directory_calls.ts";
import type { FileFacts } from "./file_facts.ts";
import { cString } from "./libc.ts";
import { Listing } from "./listing.ts";

/**
 * What would be free once trees are removed, one after the other, without removing any: a file counts with the last of
 * its names. What cannot be looked into, and what is mounted inside, does not count.
 */
export class Measure {
  readonly #calls = new DirectoryCalls();
  /** One for each level that is being gone through. */
  readonly #listings: Listing[] = [];
  /** Names that are left of files that have several. */
  readonly #names = new Map<bigint, number>();

  /** Bytes that removing this one next would free. */
  of(parent: string, name: string): number {
    const top = this.#calls.openPath(parent);
    if (top === undefined) return 0;
    const bytes = cString(name);
    try {
      return this.#of(top, this.#calls.address(bytes), 0);
    } finally {
      this.#calls.close(top);
    }
  }

  #of(parent: number, name: number, depth: number): number {
    const facts = this.#calls.facts(parent, name);
    if (facts === undefined || facts.isMount) return 0;
    const own = facts.disk;
    const directory = this.#calls.open(parent, name);
    if (directory === undefined) return this.#last(facts) ? own : 0;
    const listing = this.#listings[depth] ??= new Listing(this.#calls);
    let sum = own;
    try {
      while (listing.fill(directory)) {
        while (listing.next()) {
          sum += listing.isDirectory
            ? this.#of(directory, listing.name, depth + 1)
            : this.#fileOf(directory, listing.name);
        }
      }
    } finally {
      this.#calls.close(directory);
    }
    return sum;
  }

  #fileOf(directory: number, name: number): number {
    const facts = this.#calls.facts(directory, name);
    return facts !== undefined && this.#last(facts) ? facts.disk : 0;
  }

  #last(facts: FileFacts): boolean {
    if (facts.links === 1) return true;
    const left = (this.#names.get(facts.inode) ?? facts.links) - 1;
    this.#names.set(facts.inode, left);
    return left === 0;
  }
}
