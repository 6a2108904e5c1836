import { DirectoryCalls } from "./directory_calls.ts";
import { cString } from "./libc.ts";

/**
 * What would be free once trees are removed, one after the other, without removing any: a file counts with the last of
 * its names. What cannot be looked into, and what is mounted inside, does not count.
 */
export class Measure {
  readonly #calls = new DirectoryCalls();
  /** Names that are left of files that have several. */
  readonly #names = new Map<bigint, number>();

  /** Bytes that removing this one next would free. */
  of(parent: string, name: string): number {
    const top = this.#calls.openPath(parent);
    if (top === undefined) return 0;
    try {
      return this.#of(top, cString(name));
    } finally {
      this.#calls.close(top);
    }
  }

  #of(parent: number, name: Uint8Array): number {
    const address = this.#calls.address(name);
    const facts = this.#calls.facts(parent, address);
    if (facts === undefined) return 0;
    const directory = this.#calls.open(parent, address);
    if (directory === undefined) return this.#last(facts) ? facts.bytes : 0;
    let sum = facts.bytes;
    try {
      const inside: Uint8Array[] = [];
      for (let more = true; more;) {
        more = false;
        for (const entry of this.#calls.read(directory)) {
          more = true;
          if (entry.isDirectory) inside.push(entry.name.slice());
          else {
            const file = this.#calls.facts(directory, this.#calls.address(entry.name));
            if (file !== undefined && this.#last(file)) sum += file.bytes;
          }
        }
      }
      for (const entry of inside) sum += this.#of(directory, entry);
    } finally {
      this.#calls.close(directory);
    }
    return sum;
  }

  #last({ inode, links }: { inode: bigint; links: number }): boolean {
    if (links === 1) return true;
    const left = (this.#names.get(inode) ?? links) - 1;
    this.#names.set(inode, left);
    return left === 0;
  }
}
