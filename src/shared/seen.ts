import { createHash } from "node:crypto";
import { mkdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { replaceFile } from "../store/replace_file.ts";
import { type Outline, unitOf } from "./outline.ts";
import type { Present } from "./present.ts";

/** Of each unit that is there, a hash of what the kernel says of all its files: where they are and when they last changed. */
export type Stamps = Map<string, string>;

/** What changes when anything in a unit does, for each unit. */
export function stampsOf(present: Present): Stamps {
  const lines = new Map<string, string[]>();
  for (const [path, { stamp }] of present) {
    const [unit, line] = [unitOf(path), `${path} ${stamp}`];
    const others = lines.get(unit);
    if (others === undefined) lines.set(unit, [line]);
    else others.push(line);
  }
  const hash = (all: string[]) => createHash("sha256").update(all.sort().join("\n")).digest("hex");
  return new Map([...lines].map(([unit, all]) => [unit, hash(all)]));
}

/**
 * Remembers which units were right, so that they are not read again for as long as the kernel says the same of them.
 * Nobody but root can set the time of a file's last change (ctime) or give it an inode number of another one, so this is
 * for trees that only root changes. To lose it costs time only.
 */
export class Seen {
  readonly #file: string;
  #known: Map<string, string>;

  /** @param file in a directory that only root can write to */
  constructor(file: string) {
    this.#file = file;
    this.#known = new Map(read(file));
  }

  /** Those that are as they are to be. */
  settled(outline: Outline, stamps: Stamps, mirror: boolean): Set<string> {
    const right = outline.units.filter(([path, digest]) =>
      stamps.has(path) && this.#known.get(path) === judged(digest, stamps.get(path)!, mirror)
    );
    return new Set(right.map(([path]) => path));
  }

  /** All of the outline are right now, and these were their stamps before that was looked at. */
  remember(outline: Outline, stamps: Stamps, mirror: boolean): void {
    this.#known = new Map(
      outline.units.map(([path, digest]) => [path, judged(digest, stamps.get(path) ?? "", mirror)]),
    );
    mkdirSync(dirname(this.#file), { recursive: true, mode: 0o755 });
    replaceFile(this.#file, JSON.stringify([...this.#known]), { mode: 0o644, durable: false });
  }
}

/** What is right beside something that was not sent is not right for a mirror. */
const judged = (digest: string, stamp: string, mirror: boolean) => `${digest} ${stamp} ${mirror}`;

function read(file: string): [string, string][] {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return [];
  }
}
