import { chmod, mkdir, readdir, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { explainFailure, Failure } from "../errors.ts";
import { extract } from "../updates/extract.ts";
import { fromRegistry, type Progress } from "../updates/fetch_package.ts";
import { type Environment, MACHINE_DIRS, npmSettings } from "../updates/npm_settings.ts";
import { exactVersion } from "../updates/registry.ts";
import { removeScratch, scratchDirectory, sweep } from "../updates/scratch.ts";
import * as own from "../version.ts";
import { describeFile } from "./binary.ts";

export interface FetchOptions {
  progress?: Progress;
  env?: Environment;
  /** Which build is wanted: the one that this program is of. */
  build?: { version: string; commit: string };
}

const underway = new Map<string, Promise<string>>();

/**
 * This program as it was built for another platform in the same release, out of the npm registry: its package is
 * fetched once, checked by the registry's SHA-512, and what is in it kept under the hash of its content.
 * @param name such as `claude-ops-linux-arm64`: the package and the program in it
 * @returns its path in the user's cache
 * @throws {Failure} `no-binary` with the reason
 */
export function fetchProgram(name: string, options: FetchOptions = {}): Promise<string> {
  let path = underway.get(name);
  if (path === undefined) {
    path = keep(name, options).finally(() => underway.delete(name));
    underway.set(name, path);
  }
  return path;
}

async function keep(
  name: string,
  { progress, env = process.env, build = own }: FetchOptions,
): Promise<string> {
  const base = env.XDG_CACHE_HOME?.startsWith("/")
    ? env.XDG_CACHE_HOME
    : join(env.HOME ?? homedir(), ".cache");
  const cache = join(base, "claude-ops", "programs");
  await mkdir(cache, { recursive: true, mode: 0o700 });
  await sweep(cache);
  const kept = await whole(cache, `${name}~${build.commit}~`);
  if (kept !== undefined) return kept;
  const scratch = await scratchDirectory(cache, name);
  try {
    const npm = await npmSettings(env, MACHINE_DIRS, "");
    const found = await exactVersion(name, build.version, npm);
    if (found === undefined) throw new Failure(`the npm registry at ${new URL(npm.registry).host} has none`);
    const { manifest, document: { commit } } = found;
    if (commit !== build.commit) {
      throw new Failure(
        `the npm registry has another build of ${build.version} (${commit}, not ${build.commit})`,
      );
    }
    await extract(await fromRegistry(manifest, npm).open(), manifest, scratch, progress);
    const program = join(scratch, "bin/claude-ops");
    const { sha256 } = await describeFile(program);
    const entry = `${name}~${build.commit}~${sha256}`;
    await chmod(program, 0o755);
    await rename(program, join(cache, entry));
    for (const other of await readdir(cache)) {
      // Of older builds, which are not needed any more.
      if (other.startsWith(`${name}~`) && other !== entry) await rm(join(cache, other), { force: true });
    }
    return join(cache, entry);
  } catch (error) {
    throw lacking(name, build.version, error);
  } finally {
    await removeScratch(scratch);
  }
}

/** One that was kept and is still what it was; a damaged one goes. */
async function whole(cache: string, start: string): Promise<string | undefined> {
  for (const entry of await readdir(cache)) {
    if (!entry.startsWith(start)) continue;
    const path = join(cache, entry);
    if ((await describeFile(path)).sha256 === entry.slice(start.length)) return path;
    await rm(path, { force: true });
  }
  return undefined;
}

function lacking(name: string, version: string, cause: unknown): Failure {
  return new Failure(
    `${name} ${version} is not here and could not be fetched: ${explainFailure(cause).message}`,
    {
      hint: "nothing was sent; put that file of the same release beside claude-ops, or give --binary FILE",
      code: "no-binary",
      cause,
    },
  );
}
