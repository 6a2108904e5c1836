import { constants } from "node:fs";
import { lstat, mkdir, open, readdir, rename, rm, statfs } from "node:fs/promises";
import { join } from "node:path";
import { reportedVersion } from "../claude/probe.ts";
import { errno, Failure } from "../errors.ts";
import { extract } from "./extract.ts";
import type { PackageSource, Progress } from "./fetch_package.ts";
import { removeScratch, scratchDirectory, scratchName } from "./scratch.ts";
import { syncDirectory, type Versions } from "./versions.ts";

/** A registry that names no size: the packages seen unpack to 2.2 times their tarball. */
const UNPACKED_PER_TARBALL = 4;
/** And where the tarball's size is not known either: 2.1.329 takes 378 MB. */
const USUAL_SIZE = 400e6;

/**
 * Puts a version into its own directory, complete and tried, or leaves everything as it was. Returns false when the
 * version was there already. It may be killed at any moment, and run by several at once.
 * Throws Failure `disk-full`, `package-damaged`, `version-broken`, `versions-unsafe`, and what fetching throws.
 */
export async function stage(
  versions: Versions,
  source: PackageSource,
  progress?: Progress,
): Promise<boolean> {
  return await stageWith(versions, source.version, (dir) => fetchInto(dir, source, progress));
}

/** The same with what `fill` puts into an empty directory: at least the program, `claude`. */
export async function stageWith(
  versions: Versions,
  version: string,
  fill: (dir: string) => Promise<void>,
): Promise<boolean> {
  const target = versions.path(version);
  await versions.prepare();
  if (await versions.has(version)) return false;
  await refuseStranger(target);
  const scratch = await scratchDirectory(join(versions.root, "versions"), `staging-${version}`);
  try {
    const dir = join(scratch, "package");
    await mkdir(dir);
    await fill(dir);
    await seal(dir);
    await tryOut(dir, scratch, version);
    return await publish(dir, target, versions, version);
  } finally {
    await removeScratch(scratch);
  }
}

async function fetchInto(dir: string, source: PackageSource, progress?: Progress): Promise<void> {
  const tarball = await source.open();
  const needed = source.unpackedSize ??
    (tarball.bytes ?? USUAL_SIZE / UNPACKED_PER_TARBALL) * UNPACKED_PER_TARBALL;
  try {
    await needRoom(dir, needed, source.version);
  } catch (error) {
    tarball.discard();
    throw error;
  }
  await extract(tarball, source, dir, progress);
}

/** @throws Failure `disk-full` where that many bytes are not free */
export async function needRoom(dir: string, bytes: number, version: string): Promise<void> {
  const { bavail, bsize } = await statfs(dir);
  if (bavail * bsize >= bytes) return;
  throw new Failure(
    `Claude Code ${version} needs ${megabytes(bytes)} in ${dir}; ${megabytes(bavail * bsize)} are free`,
    { code: "disk-full", hint: "free some space, for example with: claude-ops cleanup" },
  );
}

const megabytes = (bytes: number) => `${Math.ceil(bytes / 1e6)} MB`;

/** Plain modes, whatever the tarball said, and all of it on the disk before anybody sees it. */
async function seal(dir: string): Promise<void> {
  for (const entry of await readdir(dir, { withFileTypes: true })) {
    const path = join(dir, entry.name);
    if (entry.isDirectory()) await seal(path);
    else await sealFile(path);
  }
  const handle = await open(dir, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
  await handle.chmod(0o755);
  await handle.sync().finally(() => handle.close());
}

async function sealFile(path: string): Promise<void> {
  const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    await handle.chmod((await handle.stat()).mode & 0o111 ? 0o755 : 0o644);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Hashes tell that it is the right program, this tells that it runs here: the right processor, the right libc. */
async function tryOut(dir: string, scratch: string, version: string): Promise<void> {
  const home = join(scratch, "home");
  await mkdir(home);
  let why = "";
  try {
    const reported = await reportedVersion(join(dir, "claude"), home);
    if (reported === version) return;
    why = reported === undefined ? "it does not say its version" : `it says that it is ${reported}`;
  } catch (error) {
    const { killed, signal, code } = error as { killed?: boolean; signal?: string; code?: unknown };
    why = killed ? "it did not answer in time" : signal ? `ended by ${signal}` : `it failed with ${code}`;
  }
  throw new Failure(`Claude Code ${version} does not run on this host: ${why}`, {
    code: "version-broken",
    hint: "the versions that were here are untouched; another version may run",
  });
}

/** A link or a file in the version's place is none of ours; a directory without a program is a version that broke. */
async function refuseStranger(target: string): Promise<void> {
  const found = await lstat(target).catch(() => undefined);
  if (found === undefined || found.isDirectory()) return;
  throw new Failure(`${target} is in the way: it is not a directory`, {
    code: "versions-unsafe",
    hint: "claude-ops did not make it; move it away, then run the command again",
  });
}

/** One rename; whoever is second finds the same version there and lets it be. */
async function publish(dir: string, target: string, versions: Versions, version: string): Promise<boolean> {
  try {
    await rename(dir, target);
  } catch (error) {
    if (!["EEXIST", "ENOTEMPTY"].includes(errno(error) ?? "")) throw error;
    if (await versions.has(version)) return false;
    const broken = join(versions.root, "versions", scratchName(`broken-${version}`));
    await rename(target, broken);
    await rename(dir, target);
    await rm(broken, { recursive: true, force: true });
  }
  await syncDirectory(join(versions.root, "versions"));
  return true;
}
