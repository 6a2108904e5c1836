import { lstatSync, readFileSync, unlinkSync } from "node:fs";
import { errno, Failure } from "../../errors.ts";
import { replaceFile } from "../../store/replace_file.ts";
import { correctOwn, describeMode, type Owner, ownerName } from "../owner.ts";
import type { Difference, Named, Resource } from "../resource.ts";

export interface FileOptions extends Named {
  path: string;
  mode: number;
  owner: Owner;
  /** What it must hold; for a `seed`, what it holds at first: afterwards it belongs to the user. */
  content: string;
  seed?: boolean;
  /** Looks at the finished temporary file before it is put in place; a throw keeps the old one. */
  verify?: (temporary: string) => void;
}

/** A regular file with this content, owner and mode, put in place whole or not at all. */
export function file(options: FileOptions): Resource {
  const { path, mode, owner, content, seed } = options;
  const expected = `file ${describeMode(mode, owner.name)}${seed ? "" : ", as this version writes it"}`;
  return {
    ...options,
    read: () => Promise.resolve(look()),
    apply() {
      const there = stat();
      if (there?.isDirectory()) {
        throw new Failure(`${path} is a directory, not a file`, {
          hint: "move it away, then run the same command again",
        });
      }
      if (there?.isFile() && (seed || sameContent())) {
        correctOwn(path, mode, owner);
        return Promise.resolve();
      }
      replaceFile(path, content, { mode, owner, ...(options.verify ? { verify: options.verify } : {}) });
      return Promise.resolve(there?.isFile() ? "rewritten" : undefined);
    },
    remove: () => Promise.resolve(take(path, seed ? content : undefined)),
  };

  function stat() {
    try {
      return lstatSync(path);
    } catch (error) {
      if (errno(error) === "ENOENT" || errno(error) === "ENOTDIR") return undefined;
      throw error;
    }
  }

  function look(): Difference | null {
    const there = stat();
    if (!there) return { expected, actual: "missing" };
    if (seed && there.isSymbolicLink()) return null;
    if (!there.isFile()) return { expected, actual: there.isSymbolicLink() ? "a symlink" : "not a file" };
    const shown = `file ${describeMode(there.mode, ownerName(there, owner))}`;
    const right = `file ${describeMode(mode, owner.name)}`;
    if (shown !== right && !(seed && there.uid === owner.uid)) return { expected, actual: shown };
    return seed || sameContent() ? null : { expected, actual: "other content" };
  }

  function sameContent(): boolean {
    return readFileSync(path, "utf8") === content;
  }
}

/** A seed that the user has filled since stays; everything else we wrote goes. */
function take(path: string, onlyIfStill: string | undefined): boolean {
  try {
    if (
      onlyIfStill !== undefined && (!lstatSync(path).isFile() || readFileSync(path, "utf8") !== onlyIfStill)
    ) return false;
    unlinkSync(path);
    return true;
  } catch (error) {
    if (errno(error) === "ENOENT" || errno(error) === "ENOTDIR") return false;
    throw error;
  }
}
