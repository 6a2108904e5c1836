import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { chmod, mkdir, open, rename, rm, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import ssri from "ssri";
import { errno, Failure } from "../errors.ts";
import { get } from "./http.ts";
import type { Environment, NpmSettings } from "./npm_settings.ts";
import type { Manifest } from "./registry.ts";
import { scratchName, sweep } from "./scratch.ts";

/** What identifies a package's bytes, wherever they come from. */
export type PackageId = Pick<Manifest, "name" | "version" | "integrity" | "unpackedSize">;

/** A tarball that can be opened once it is known where it goes. */
export interface PackageSource extends PackageId {
  open(): Promise<Tarball>;
}

export interface Tarball {
  /** Not verified yet. */
  body: AsyncIterable<Uint8Array>;
  bytes: number | undefined;
  /** For a tarball that is not going to be read. */
  discard(): void;
}

/** Bytes of the tarball so far, and in all where that is known. */
export type Progress = (done: number, total: number | undefined) => void;

/** The package straight from the registry. */
export function fromRegistry(manifest: Manifest, npm: NpmSettings): PackageSource {
  return { ...manifest, open: () => get(manifest.tarball, npm) };
}

/** The package from a tarball that somebody brought; its hash is checked all the same. */
export function fromFile(file: string, id: PackageId): PackageSource {
  return {
    ...id,
    async open() {
      try {
        const { size } = await stat(file);
        const body = createReadStream(file, { highWaterMark: 1 << 18 });
        return { body, bytes: size, discard: () => body.destroy() };
      } catch (error) {
        throw new Failure(`cannot read ${file}: ${errno(error) ?? (error as Error).message}`, {
          cause: error,
        });
      }
    },
  };
}

/** Passes the bytes on, and ends with Failure `package-damaged` unless all of them were the right ones. */
export async function* verified(
  tarball: Tarball,
  { name, version, integrity }: PackageId,
  progress: Progress = () => {},
): AsyncGenerator<Uint8Array> {
  // Null for an empty text, whatever the types say.
  const wanted = ssri.parse(integrity)?.sha512 ?? [];
  if (wanted.length === 0) {
    throw new Failure(`${name} ${version} is refused: it comes without a SHA-512 hash`);
  }
  const hash = createHash("sha512");
  let done = 0;
  for await (const chunk of tarball.body) {
    hash.update(chunk);
    progress(done += chunk.length, tarball.bytes);
    yield chunk;
  }
  const actual = hash.digest("base64");
  if (!wanted.some(({ digest }) => digest === actual)) {
    throw new Failure(`${name} ${version} arrived damaged: its SHA-512 hash is not the registry's`, {
      code: "package-damaged",
      hint: "try again; if it stays, the registry or a proxy changes the package",
    });
  }
}

/** Where an operator's machine keeps tarballs for hosts that reach no registry. */
export function tarballPath({ name, version }: PackageId, env: Environment = process.env): string {
  const cache = env.XDG_CACHE_HOME?.startsWith("/")
    ? env.XDG_CACHE_HOME
    : join(env.HOME ?? homedir(), ".cache");
  return join(cache, "claude-ops", "packages", `${name.replace("@", "").replace("/", "-")}-${version}.tgz`);
}

/**
 * Makes sure that `file` is this package's tarball: one that is there is verified and used again, else it is
 * downloaded beside it and put in place by a rename. Returns whether it was downloaded.
 */
export async function downloadTarball(
  source: PackageSource,
  file: string,
  progress?: Progress,
): Promise<boolean> {
  if (await holds(file, source)) return false;
  const dir = dirname(file);
  await mkdir(dir, { recursive: true });
  await sweep(dir);
  const partial = join(dir, scratchName("download"));
  const handle = await open(partial, "wx", 0o600);
  try {
    await pipeline(Readable.from(verified(await source.open(), source, progress)), async (chunks) => {
      for await (const chunk of chunks) await handle.writeFile(chunk);
    });
    await handle.sync();
    await handle.close();
    await chmod(partial, 0o644);
    await rename(partial, file);
  } catch (error) {
    await handle.close().catch(() => {});
    await rm(partial, { force: true });
    throw error;
  }
  return true;
}

async function holds(file: string, id: PackageId): Promise<boolean> {
  if (await stat(file).then((found) => !found.isFile(), () => true)) return false;
  try {
    for await (const _ of verified(await fromFile(file, id).open(), id));
    return true;
  } catch (error) {
    if (error instanceof Failure && error.code === "package-damaged") return false;
    throw error;
  }
}
