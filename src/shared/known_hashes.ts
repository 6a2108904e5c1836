import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, type Stats } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { replaceFile } from "../store/replace_file.ts";

/** Milliseconds after a change in which another one may leave the same times. */
const FRESH = 2000;

/**
 * SHA-256 of the files of a directory, kept in the user's cache: only what was changed is read again. What was changed just
 * now is not kept, since the next change may happen within the same tick of the clock.
 */
export class KnownHashes {
  readonly #file: string | undefined;
  readonly #before: Map<string, [stamp: string, sha256: string]>;
  readonly #now: [path: string, known: [stamp: string, sha256: string]][] = [];
  #changed = false;

  /** @param file where they are kept; without, each is read */
  constructor(file?: string) {
    this.#file = file;
    this.#before = new Map(read(file));
  }

  static of(directory: string, env = process.env): KnownHashes {
    const cache = join(env.XDG_CACHE_HOME || join(homedir(), ".cache"), "claude-ops", "shared");
    const name = createHash("sha256").update(resolve(directory)).digest("hex").slice(0, 32);
    return new KnownHashes(join(cache, `${name}.json`));
  }

  /** In hex. @throws as reading does */
  of(path: string, place: string, facts: Stats): string {
    const stamp = `${facts.dev} ${facts.ino} ${facts.size} ${facts.mtimeMs} ${facts.ctimeMs}`;
    const known = this.#before.get(path);
    if (known?.[0] === stamp) {
      this.#now.push([path, known]);
      return known[1];
    }
    const sha256 = createHash("sha256").update(readFileSync(place)).digest("hex");
    this.#changed = true;
    if (Date.now() - Math.max(facts.mtimeMs, facts.ctimeMs) > FRESH) this.#now.push([path, [stamp, sha256]]);
    return sha256;
  }

  /** Where they cannot be kept, they are read again. */
  save(): void {
    if (this.#file === undefined || !this.#changed && this.#now.length === this.#before.size) return;
    try {
      mkdirSync(join(this.#file, ".."), { recursive: true, mode: 0o700 });
      replaceFile(this.#file, JSON.stringify(this.#now), { mode: 0o600, durable: false });
    } catch {
      // as said
    }
  }
}

function read(file: string | undefined): [string, [string, string]][] {
  try {
    return file === undefined ? [] : JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return [];
  }
}
