import { lstatSync, mkdirSync, readdirSync, rmdirSync, rmSync, statSync } from "node:fs";
import { errno, Failure } from "../../errors.ts";
import { correctOwn, describeMode, type Owner, ownerName } from "../owner.ts";
import type { Difference, Named, Resource } from "../resource.ts";

export interface DirectoryOptions extends Named {
  path: string;
  mode: number;
  owner: Owner;
  /** The owner may have put a symlink to another directory here (dotfiles): that counts. Never for root's. */
  mayBeLink?: boolean;
  /** Not made by us alone: any mode will do once it is there. */
  keepMode?: boolean;
  /** Uninstall removes it when nothing is left in it. */
  removable?: boolean;
  /** What a purge takes out of it first. */
  empty?: (path: string) => void;
}

/** A directory with this owner and mode. */
export function directory(options: DirectoryOptions): Resource {
  const { path, mode, owner } = options;
  const expected = `directory ${describeMode(mode, owner.name)}`;
  return {
    ...options,
    read: () => Promise.resolve(look()),
    apply() {
      try {
        mkdirSync(path, { mode, recursive: options.keepMode ?? false });
      } catch (error) {
        if (errno(error) !== "EEXIST") throw error;
        const stat = lstatSync(path);
        if (!stat.isDirectory()) {
          throw new Failure(`${path} is ${stat.isSymbolicLink() ? "a symlink" : "a file"}, not a directory`, {
            hint: "move it away, then run the same command again",
          });
        }
      }
      correctOwn(path, mode, owner);
      return Promise.resolve();
    },
    ...(options.removable
      ? {
        remove(scope) {
          const linked = options.mayBeLink === true && isLinkedDirectory(path);
          if (scope.purge && (linked || isDirectory(path))) options.empty?.(path);
          return Promise.resolve(removeIfEmpty(path));
        },
      }
      : {}),
  };

  function look(): Difference | null {
    let stat;
    try {
      if (options.mayBeLink && isLinkedDirectory(path)) return null;
      stat = lstatSync(path);
    } catch (error) {
      if (errno(error) === "ENOENT" || errno(error) === "ENOTDIR") return { expected, actual: "missing" };
      throw error;
    }
    if (!stat.isDirectory()) {
      return { expected, actual: stat.isSymbolicLink() ? "a symlink" : "not a directory" };
    }
    const shown = options.keepMode ? mode : stat.mode;
    const actual = `directory ${describeMode(shown, ownerName(stat, owner))}`;
    return actual === expected ? null : { expected, actual };
  }
}

const isLinkedDirectory = (path: string) =>
  lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true &&
  statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

function isDirectory(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function removeIfEmpty(path: string): boolean {
  if (!isDirectory(path) || readdirSync(path).length > 0) return false;
  rmdirSync(path);
  return true;
}

/** For a directory in which everything is ours. */
export function emptyWhole(path: string): void {
  for (const name of readdirSync(path)) rmSync(`${path}/${name}`, { recursive: true, force: true });
}
