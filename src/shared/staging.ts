import { lstatSync, mkdirSync } from "node:fs";
import { Failure } from "../errors.ts";
import type { OpenDirectory } from "../runtime/open_directory.ts";
import { removeTree } from "../runtime/remove_tree.ts";
import { isReadOnlyFileSystem } from "../store/file_system.ts";

/** Where things are made ready, in `~/.claude`: on the same file system, and where no session looks. */
export const STAGING = ".shared-incoming";

/** Removes what a run has left that was killed. Nobody else receives now. */
export function clearStaging(shared: OpenDirectory): void {
  const { left } = removeTree(shared.path, STAGING);
  if (left !== undefined && isReadOnlyFileSystem(shared.path)) {
    throw new Failure("~/.claude is on a read-only file system", {
      hint: "dmesg says why; once it can be written to, run the same again",
      code: "read-only",
    });
  }
  if (left !== undefined) {
    throw new Failure(`~/.claude/${STAGING} is in the way: ${left}`, { hint: "remove it" });
  }
}

/** An empty directory that only we can enter; what a killed run has left in its place goes. */
export function freshStaging(shared: OpenDirectory): OpenDirectory {
  clearStaging(shared);
  mkdirSync(`${shared.path}/${STAGING}`, { mode: 0o700 });
  const staging = shared.open(STAGING);
  const facts = staging && lstatSync(`${staging.path}/.`);
  if (facts?.uid === process.getuid!() && (facts.mode & 0o777) === 0o700) return staging!;
  staging?.close();
  throw new Failure(`somebody exchanges ~/.claude/${STAGING}`, { hint: "see who runs there, and try again" });
}
