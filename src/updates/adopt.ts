import { constants, lstatSync, realpathSync } from "node:fs";
import { copyFile, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import semver from "semver";
import type { ForeignClaude } from "../claude/foreign.ts";
import { support } from "../claude/versions.ts";
import { Failure } from "../errors.ts";
import { needRoom, stageWith } from "./stage.ts";
import type { Versions } from "./versions.ts";

/** An installation that somebody made by themselves, whose program can become a version of ours. */
export interface Adoptable extends ForeignClaude {
  program: string;
  version: string;
}

/** Those that may be taken over, newest first: a native program of a supported version that nobody else can change. */
export function adoptable(found: readonly ForeignClaude[]): Adoptable[] {
  return found
    .filter((one): one is Adoptable =>
      one.program !== undefined && semver.valid(one.version) === one.version &&
      ["supported", "newer"].includes(support(one.version).support) && isTrusted(one.program)
    )
    .sort((a, b) => semver.rcompare(a.version, b.version));
}

/**
 * Copies the newest that is whole into a version directory; their own stays where it is. Undefined where there is none.
 * No hash says that the copy is right, as for a package: it is what its owner runs, and it is tried before it counts.
 */
export async function takeOver(
  versions: Versions,
  found: readonly ForeignClaude[],
): Promise<Adoptable | undefined> {
  for (const one of adoptable(found)) {
    try {
      await stageWith(versions, one.version, (dir) => copyProgram(one, dir));
      return one;
    } catch {
      // Whatever keeps it from being read or run here: the registry has another.
    }
  }
  return undefined;
}

async function copyProgram({ program, version }: Adoptable, dir: string): Promise<void> {
  const before = await stat(program);
  await needRoom(dir, before.size, version);
  await copyFile(program, join(dir, "claude"), constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
  const after = await stat(program).catch(() => undefined);
  if (after?.ino === before.ino && after.mtimeMs === before.mtimeMs) return;
  throw new Failure(`${program} is being replaced`, { code: "package-damaged" });
}

/** Whether only this user and root can change the file, or put another in its place. */
function isTrusted(path: string): boolean {
  const users = [0, process.getuid!()];
  for (let at = realpathSync(path);; at = dirname(at)) {
    const found = lstatSync(at);
    // In a sticky directory, others leave alone what is not theirs.
    const sticky = found.isDirectory() && (found.mode & 0o1000) !== 0;
    if (!users.includes(found.uid) || ((found.mode & 0o022) !== 0 && !sticky)) return false;
    if (at === "/") return true;
  }
}
