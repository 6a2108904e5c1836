import { constants } from "node:fs";
import { lstat, mkdir, open, readdir, readlink, rename, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import semver from "semver";
import { errno, Failure } from "../errors.ts";
import { scratchName, sweep } from "./scratch.ts";

/** Claude Code's immutable versions: `versions/<version>/`, and `current`, a link to one of them. */
export class Versions {
  constructor(readonly root: string) {}

  /** Where a version is or would be. Throws Failure for what is no version, so no name leads out of the root. */
  path(version: string): string {
    if (semver.valid(version) !== version) {
      throw new Failure(`${JSON.stringify(version)} is not a version of Claude Code`, {
        code: "version-unknown",
        hint: "a version looks like 2.1.329",
      });
    }
    return join(this.root, "versions", version);
  }

  /** The program of a version. */
  executable(version: string): string {
    return join(this.path(version), "claude");
  }

  /** Complete versions, oldest first. */
  async list(): Promise<string[]> {
    const names = await readdir(join(this.root, "versions")).catch(noEntry<string[]>([]));
    const valid = names.filter((name) => semver.valid(name) === name);
    const complete = await Promise.all(valid.map((version) => this.has(version)));
    return valid.filter((_, index) => complete[index]).sort(semver.compare);
  }

  /** Whether the version is there as we put it there: a real directory with the program in it. */
  async has(version: string): Promise<boolean> {
    const dir = await lstat(this.path(version)).catch(noEntry(undefined));
    if (!dir?.isDirectory()) return false;
    const program = await lstat(this.executable(version)).catch(noEntry(undefined));
    return program?.isFile() === true && (program.mode & 0o111) !== 0;
  }

  /** The version that `current` names, or undefined when there is no such link or it leads to no version of ours. */
  async current(): Promise<string | undefined> {
    const target = await readlink(join(this.root, "current")).catch(noEntry(undefined));
    const version = /^versions\/([^/]+)$/.exec(target ?? "")?.[1];
    return version !== undefined && semver.valid(version) === version && await this.has(version)
      ? version
      : undefined;
  }

  /** Switches `current` by one rename; returns what it was. Throws Failure `version-missing`. */
  async activate(version: string): Promise<string | undefined> {
    await this.prepare();
    if (!await this.has(version)) throw missing(version);
    const previous = await this.current();
    if (previous === version) return previous;
    const link = join(this.root, scratchName("current"));
    await symlink(join("versions", version), link);
    try {
      await rename(link, join(this.root, "current"));
    } catch (error) {
      await rm(link, { force: true });
      throw error;
    }
    await syncDirectory(this.root);
    return previous;
  }

  /** Takes a version away whole: it is renamed first, so that no half of it is ever seen. */
  async remove(version: string): Promise<void> {
    await this.prepare();
    const path = this.path(version);
    if (await this.current() === version) {
      throw new Failure(`Claude Code ${version} is in use: it is the current version`, {
        code: "version-current",
        hint: "activate another version first",
      });
    }
    const aside = join(this.root, "versions", scratchName(`removed-${version}`));
    await rename(path, aside).catch((error) => {
      throw errno(error) === "ENOENT" ? missing(version) : error;
    });
    await rm(aside, { recursive: true, force: true });
  }

  /** Makes the directories, checks that they are ours alone, and clears what killed processes left in them. */
  async prepare(): Promise<void> {
    const versions = join(this.root, "versions");
    for (const dir of [this.root, versions]) {
      await mkdir(dir, { recursive: true, mode: 0o755 }).catch((error) => {
        throw new Failure(`cannot make ${dir}: ${errno(error)}`, {
          hint: "is that the right user?",
          cause: error,
        });
      });
      await ours(dir);
    }
    await sweep(this.root);
    await sweep(versions);
  }
}

/** What somebody else may write to, or has put there, must not decide which program is run. */
async function ours(dir: string): Promise<void> {
  const found = await lstat(dir);
  const me = process.getuid?.() ?? found.uid;
  if (found.isDirectory() && found.uid === me && (found.mode & 0o022) === 0) return;
  const why = !found.isDirectory()
    ? "is not a directory"
    : found.uid !== me
    ? `belongs to user ${found.uid}, not to user ${me}`
    : "may be written to by others";
  throw new Failure(`${dir} ${why}, so Claude Code cannot be kept there safely`, {
    code: "versions-unsafe",
    hint: `look at it with: ls -ld ${dir}`,
  });
}

/** Makes a rename in the directory last through a power cut. */
export async function syncDirectory(dir: string): Promise<void> {
  const handle = await open(dir, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
  await handle.sync().finally(() => handle.close());
}

function noEntry<T>(otherwise: T): (error: unknown) => T {
  return (error) => {
    if (["ENOENT", "ENOTDIR", "EINVAL"].includes(errno(error) ?? "")) return otherwise;
    throw error;
  };
}

function missing(version: string): Failure {
  return new Failure(`Claude Code ${version} is not on this host`, {
    code: "version-missing",
    hint: `fetch it with: claude-ops update --stage --to ${version}`,
  });
}
