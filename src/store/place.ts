import { chmodSync, closeSync, constants, existsSync, lstatSync, openSync } from "node:fs";
import { Failure } from "../errors.ts";
import { exclusively } from "../runtime/lock.ts";
import { backups } from "./backup.ts";
import { refuseUnsafe } from "./file_system.ts";
import { type Repair, repair } from "./repair.ts";

/**
 * Makes sure of the file: where it is missing it is made, or brought back from a backup.
 * @throws Failure for a file system or a file that is not to be used
 */
export function prepareFile(directory: string, path: string): Repair | undefined {
  refuseUnsafe(directory);
  const facts = lstatSync(path, { throwIfNoEntry: false });
  if (facts === undefined) {
    return backups(path).length > 0 ? repair(directory, path) : create(directory, path);
  }
  const me = process.getuid!();
  if (!facts.isFile()) {
    throw unusable(path, facts.isSymbolicLink() ? "it is a symbolic link" : "it is no file");
  }
  if (facts.uid !== me) throw unusable(path, `it belongs to user ${facts.uid}`);
  // What SQLite makes beside it has the same mode.
  if ((facts.mode & 0o077) !== 0) chmodSync(path, 0o600);
  return undefined;
}

/** Under the lock of repairs: while one moves the old file out of the way, no empty one may take its place. */
function create(directory: string, path: string): undefined {
  exclusively(`${directory}/repairing`, 60_000, () => {
    if (existsSync(path)) return;
    const { O_CREAT, O_EXCL, O_NOFOLLOW, O_RDWR } = constants;
    closeSync(openSync(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600));
  });
}

function unusable(path: string, why: string): Failure {
  return new Failure(`cannot use ${path}: ${why}`, { hint: "move it out of the way; a new one is made" });
}
