import { lstatSync, readdirSync, readlinkSync, statSync } from "node:fs";
import { dirname, join, normalize, relative, resolve } from "node:path";
import { Failure } from "../errors.ts";
import { KnownHashes } from "./known_hashes.ts";
import { type Entry, INSTRUCTIONS, LIMITS, type Manifest, TOPS, wrongName, wrongTarget } from "./manifest.ts";

/** Kept by programs for themselves. */
const LEFT_OUT = new Set([".git", ".DS_Store"]);

/** A directory of shared resources as it is now. */
export interface Scan {
  directory: string;
  manifest: Manifest;
}

/**
 * Reads what is to be shared: `skills`, `agents`, `commands`, `plugins` and `CLAUDE.md` of a directory, which may be links
 * themselves. Everything in them is a file, a directory or a link that stays within.
 * @param hashes of what was read before; they are kept for the next time
 * @throws Failure for a directory without any of them, and for whatever cannot be shared
 */
export function scan(directory: string, hashes: KnownHashes = new KnownHashes()): Scan {
  if (!statSync(directory, { throwIfNoEntry: false })?.isDirectory()) {
    throw new Failure(`${directory} is not a directory`, {
      hint: "--shared takes the directory that has skills, agents and so on",
    });
  }
  const tops = TOPS.filter((top) => {
    const facts = statSync(join(directory, top), { throwIfNoEntry: false });
    if (facts === undefined) return false;
    if (top === INSTRUCTIONS ? facts.isFile() : facts.isDirectory()) return true;
    throw cannot(join(directory, top), top === INSTRUCTIONS ? "it is not a file" : "it is not a directory");
  });
  if (tops.length === 0) {
    throw new Failure(`nothing to share in ${directory}`, {
      hint: `one of these is looked for: ${TOPS.join(", ")}`,
    });
  }
  const entries: Entry[] = [];
  for (const top of tops) {
    if (top === INSTRUCTIONS) entries.push(file(directory, top, hashes));
    else inside(directory, top, entries, hashes);
  }
  const bytes = entries.reduce((sum, entry) => sum + (entry.type === "file" ? entry.size : 0), 0);
  if (entries.length > LIMITS.entries || bytes > LIMITS.bytes) {
    throw new Failure(`too much to share in ${directory}: ${entries.length} files, ${bytes >> 20} MiB`, {
      hint: `at most ${LIMITS.entries} files and ${
        LIMITS.bytes >> 20
      } MiB; is something in there by mistake?`,
    });
  }
  hashes.save();
  return { directory, manifest: { tops, entries } };
}

function inside(directory: string, parent: string, entries: Entry[], hashes: KnownHashes): void {
  const found = readdirSync(join(directory, parent), { withFileTypes: true });
  for (const one of found.sort((a, b) => a.name < b.name ? -1 : 1)) {
    if (LEFT_OUT.has(one.name)) continue;
    const path = `${parent}/${one.name}`;
    const wrong = wrongName(path);
    if (wrong !== undefined) throw cannot(join(directory, path), wrong);
    if (one.isDirectory()) {
      entries.push({ type: "directory", path });
      inside(directory, path, entries, hashes);
    } else if (one.isSymbolicLink()) entries.push(link(directory, path));
    else entries.push(file(directory, path, hashes));
  }
}

function file(directory: string, path: string, hashes: KnownHashes): Entry {
  const place = join(directory, path);
  const facts = statSync(place);
  if (!facts.isFile()) throw cannot(place, "it is neither a file, a directory nor a link");
  const sha256 = hashes.of(path, place, facts);
  return { type: "file", path, executable: (facts.mode & 0o100) !== 0, size: facts.size, sha256 };
}

function link(directory: string, path: string): Entry {
  const place = join(directory, path);
  const given = readlinkSync(place);
  const from = dirname(resolve(place));
  const target = given.startsWith("/") ? relative(from, given) : normalize(given).replace(/\/+$/, "");
  const wrong = wrongTarget(path, target);
  if (wrong === undefined) return { type: "link", path, target };
  throw cannot(place, `it is a link to ${given}, out of ${path.split("/")[0]}`);
}

function cannot(place: string, why: string): Failure {
  const link = lstatSync(place, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
  return new Failure(`${JSON.stringify(place).slice(1, -1)} cannot be shared: ${why}`, {
    hint: link ? "put what it leads to in its place" : "move it elsewhere, or rename it",
    code: "shared-refused",
  });
}
