import { randomUUID } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, readdir, rename, rm, stat, utimes } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { constants, createGzip, createZstdCompress } from "node:zlib";

/**
 * Measured on a binary of 117 MB, seconds of one core and bytes in MB. gzip: 6 2.1 s 55, 9 3.8 s 54. zstd: 3 0.9 s 54,
 * 6 1.9 s 50, 9 3.6 s 48.5, 12 7.7 s 47.7, 15 31 s 47.5, 19 over a minute 44. What 9 takes longer than 6 it gives back to the
 * eleventh host behind 100 Mbit/s. Beside sending it as it is: docs/benchmarks.md.
 */
const compressors = {
  gz: () => createGzip({ level: 6, chunkSize: 1 << 17 }),
  zst: () => createZstdCompress({ chunkSize: 1 << 17, params: { [constants.ZSTD_c_compressionLevel]: 6 } }),
};
/** Days after which a compressed copy that nobody needed goes. */
const KEEP_DAYS = 30;

const underway = new Map<string, Promise<string>>();

/**
 * A compressed copy of a file, made once and kept in the user's cache under the hash of its content.
 * @param sha256 of the file, in hex
 */
export function compressed(
  source: string,
  sha256: string,
  kind: keyof typeof compressors,
  env = process.env,
): Promise<string> {
  const cache = join(env.XDG_CACHE_HOME || join(homedir(), ".cache"), "claude-ops", "upload");
  const copy = join(cache, `${sha256}.${kind}`);
  let made = underway.get(copy);
  if (made === undefined) {
    underway.set(
      copy,
      made = make(source, copy, cache, kind).finally(() => underway.delete(copy)),
    );
  }
  return made;
}

async function make(
  source: string,
  copy: string,
  cache: string,
  kind: keyof typeof compressors,
): Promise<string> {
  const now = new Date();
  // A copy is renamed into place whole, so one that is there is good; the host checks the hash in any case.
  if (await utimes(copy, now, now).then(() => true, () => false)) return copy;
  await mkdir(cache, { recursive: true, mode: 0o700 });
  const partial = join(cache, `${randomUUID()}.partial`);
  try {
    await pipeline(
      createReadStream(source, { highWaterMark: 1 << 20 }),
      compressors[kind](),
      createWriteStream(partial, { mode: 0o600 }),
    );
    await rename(partial, copy);
  } finally {
    await rm(partial, { force: true });
  }
  await dropOld(cache, now);
  return copy;
}

async function dropOld(cache: string, now: Date): Promise<void> {
  for (const name of await readdir(cache)) {
    const path = join(cache, name);
    const age = now.getTime() - ((await stat(path).catch(() => undefined))?.mtimeMs ?? now.getTime());
    if (age > KEEP_DAYS * 86_400_000) await rm(path, { force: true });
  }
}
