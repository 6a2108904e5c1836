import { createHash } from "node:crypto";
import { lstatSync, readdirSync, readFileSync, readlinkSync, type Stats } from "node:fs";
import { Failure } from "../errors.ts";

/** What is there already, by its path below the shared directory. */
export type Present = Map<string, There>;
export interface There {
  type: "directory" | "file" | "link" | "other";
  /** Permission bits. */
  mode: number;
  size: number;
  /** Another one as soon as anything of it changes, or another is in its place. */
  stamp: string;
  /** Of a link. */
  target?: string;
}

/**
 * Looks at a tree, without reading files, and adds to `found` what is there.
 * @param trusted refuses what somebody else could change, from the top down: then nobody changes it meanwhile
 * @throws Failure for such
 */
export function look(base: string, top: string, trusted: (facts: Stats) => boolean, found: Present): void {
  const pending = [top];
  for (let path; (path = pending.pop()) !== undefined;) {
    const place = `${base}/${path}`;
    const facts = lstatSync(place, { throwIfNoEntry: false });
    if (facts === undefined) continue;
    if (!trusted(facts)) {
      throw new Failure(`~/.claude/${path} could be changed by sessions: it is not root's alone`, {
        hint: "look at what is in there, then claude-ops doctor --fix",
        code: "not-read-only",
      });
    }
    found.set(path, describe(place, facts));
    if (facts.isDirectory()) { for (const name of readdirSync(place)) pending.push(`${path}/${name}`); }
  }
}

function describe(place: string, facts: Stats): There {
  const stamp = `${facts.dev} ${facts.ino} ${facts.ctimeMs} ${facts.mtimeMs}`;
  const rest = { mode: facts.mode & 0o777, size: facts.size, stamp };
  if (facts.isSymbolicLink()) return { type: "link", target: readlinkSync(place), ...rest };
  return { type: facts.isDirectory() ? "directory" : facts.isFile() ? "file" : "other", ...rest };
}

/** SHA-256 of a file that is there, in hex; undefined where it cannot be read. */
export function hashOf(place: string): string | undefined {
  try {
    return createHash("sha256").update(readFileSync(place)).digest("hex");
  } catch {
    return undefined;
  }
}
