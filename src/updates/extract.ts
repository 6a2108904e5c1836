import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import * as tar from "tar";
import { errno, Failure } from "../errors.ts";
import { type PackageId, type Progress, type Tarball, verified } from "./fetch_package.ts";

/**
 * Extracts a package into the empty directory `dir`, without npm's leading `package/`: regular files and directories
 * only; links are left out, and a path that leads elsewhere ends it. The hash is known to be right only when this
 * returns, so `dir` must not count before. The memory it takes does not depend on the size of the package.
 * Throws Failure `package-damaged` or `disk-full`, and what `get` throws.
 */
export async function extract(
  tarball: Tarball,
  id: PackageId,
  dir: string,
  progress?: Progress,
): Promise<void> {
  const unpack = tar.x({
    cwd: dir,
    strip: 1,
    // What tar would only warn of, a full disk included, is an error.
    strict: true,
    preserveOwner: false,
    filter: (_path, entry) => "type" in entry && /^(Old|Contiguous)?File$|^Directory$/.test(entry.type),
  });
  // A gunzip that finds its end early may leave the rest of the stream, and its hash, unread.
  let whole = false;
  const body = async function* () {
    yield* verified(tarball, id, progress);
    whole = true;
  };
  try {
    // Node's gunzip works in a thread of its own; tar's, in ours, takes half as long again.
    await pipeline(
      Readable.from(body()),
      createGunzip({ chunkSize: 1 << 18 }),
      unpack as unknown as NodeJS.WritableStream,
    );
  } catch (error) {
    throw explain(error as Error, id, dir);
  }
  if (!whole) throw damaged(id);
}

function explain(error: Error, id: PackageId, dir: string): Error {
  if (error instanceof Failure) return error;
  const code = errno(error) ?? "";
  if (/^(Z_|TAR_|ERR_)/.test(code) || /zlib|gzip|header/i.test(error.message)) {
    return damaged(id, error);
  }
  const full = code === "ENOSPC" || code === "EDQUOT";
  const why = full ? "the disk is full" : code || error.message;
  return new Failure(`cannot extract ${id.name} ${id.version} into ${dir}: ${why}`, {
    ...(full ? { code: "disk-full", hint: "free some space, then run the command again" } : {}),
    cause: error,
  });
}

function damaged({ name, version }: PackageId, cause?: Error): Failure {
  return new Failure(`${name} ${version} arrived damaged: it is not a package`, {
    code: "package-damaged",
    hint: "try again; if it stays, the registry or a proxy changes the package",
    cause,
  });
}
