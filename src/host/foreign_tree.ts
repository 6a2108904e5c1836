import {
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
} from "node:fs";
import { readdirSync, readlinkSync, readSync, type Stats, symlinkSync, writeSync } from "node:fs";
import { errno, Failure } from "../errors.ts";
import { OpenDirectory } from "../runtime/open_directory.ts";

/**
 * What root does in a tree that a user may be changing at the same moment: each step is opened by one name in a directory
 * that is open, links are not followed, and a file is judged by what was opened.
 */

const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
/** A user can keep root busy for no longer than this many files take. */
const MOST = 100_000;
/** Bytes; more is nobody's skill. */
const LARGEST = 2 ** 30;
const DEEPEST = 60;

/** The first thing that is not `right`, below and with `name`, and how many more; undefined: all is. */
export function strangersIn(
  parent: OpenDirectory,
  name: string,
  right: (facts: Stats) => boolean,
): string | undefined {
  const found: string[] = [];
  walk(parent, name, (_directory, _name, path, facts) => {
    if (!right(facts)) found.push(path);
  });
  if (found.length === 0) return undefined;
  return found.length === 1 ? found[0] : `${found[0]} and ${found.length - 1} more`;
}

/** Copies what a user may read into a new directory of root's, for everybody to read. What belongs to others is left out. */
export function copyTree(
  from: OpenDirectory,
  to: OpenDirectory,
  uid: number,
  depth = 0,
  left = { files: MOST, bytes: LARGEST },
) {
  if (depth > DEEPEST) throw tooMuch();
  for (const name of readdirSync(from.path)) {
    if (--left.files < 0) throw tooMuch();
    const facts = lstatSync(`${from.path}/${name}`, { throwIfNoEntry: false });
    if (facts === undefined) continue;
    if (facts.isSymbolicLink()) symlinkSync(readlinkSync(`${from.path}/${name}`), `${to.path}/${name}`);
    else if (facts.isFile()) copyFile(from, to, name, uid, left);
    else if (facts.isDirectory()) {
      using inner = from.open(name);
      if (inner === undefined || !mayPass(fstatSync(inner.descriptor), uid)) continue;
      mkdirSync(`${to.path}/${name}`, { mode: 0o755 });
      using made = to.open(name)!;
      copyTree(inner, made, uid, depth + 1, left);
    }
  }
}

/** Gives what root has in a tree to a user. Returns how many files and directories that were. */
export function giveTree(parent: OpenDirectory, name: string, uid: number, gid: number): number {
  let given = 0;
  walk(parent, name, (directory, name, _path, facts) => {
    if (facts.uid !== 0 || facts.isSymbolicLink()) return;
    opened(directory, name, (descriptor) => {
      const now = fstatSync(descriptor);
      // A second name of a file may be anywhere, and what only root reads did not come by us.
      const ours = now.isDirectory() || (now.isFile() && now.nlink === 1);
      if (!ours || now.uid !== 0 || !mayPass(now, uid)) return;
      fchownSync(descriptor, uid, gid);
      given++;
    });
  });
  return given;
}

/** Everything in a tree, what is in a directory before the directory itself. */
function walk(
  parent: OpenDirectory,
  name: string,
  visit: (directory: OpenDirectory, name: string, path: string, facts: Stats) => void,
  path = name,
  left = { files: MOST },
): void {
  if (--left.files < 0 || path.split("/").length > DEEPEST) throw tooMuch();
  const facts = lstatSync(`${parent.path}/${name}`, { throwIfNoEntry: false });
  if (facts === undefined) return;
  if (facts.isDirectory()) {
    using directory = parent.open(name);
    if (directory !== undefined) {
      for (const inner of readdirSync(directory.path)) {
        walk(directory, inner, visit, `${path}/${inner}`, left);
      }
    }
  }
  visit(parent, name, path, facts);
}

function copyFile(
  from: OpenDirectory,
  to: OpenDirectory,
  name: string,
  uid: number,
  left: { bytes: number },
): void {
  opened(from, name, (descriptor) => {
    const facts = fstatSync(descriptor);
    if (!facts.isFile() || !mayPass(facts, uid)) return;
    const target = openSync(`${to.path}/${name}`, "wx", 0o600);
    try {
      const buffer = new Uint8Array(1 << 16);
      for (let read; (read = readSync(descriptor, buffer, 0, buffer.length, null)) > 0;) {
        if ((left.bytes -= read) < 0) throw tooMuch();
        for (let at = 0; at < read;) at += writeSync(target, buffer, at, read - at);
      }
      fchmodSync(target, (facts.mode & 0o100) === 0 ? 0o644 : 0o755);
    } finally {
      closeSync(target);
    }
  });
}

function opened(directory: OpenDirectory, name: string, work: (descriptor: number) => void): void {
  let descriptor;
  try {
    descriptor = openSync(`${directory.path}/${name}`, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  } catch (error) {
    if (["ENOENT", "ELOOP", "ENXIO"].includes(errno(error) ?? "")) return;
    throw error;
  }
  try {
    work(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** What is the user's own, or what everybody reads anyway. */
function mayPass(facts: Stats, uid: number): boolean {
  return facts.uid === uid || (facts.uid === 0 && (facts.mode & 0o004) !== 0);
}

function tooMuch(): Failure {
  return new Failure(`more than ${MOST} files, or ${LARGEST >> 20} MiB of them`, {
    hint: "look at what is in there, and move away what is no skill, agent or command",
  });
}
