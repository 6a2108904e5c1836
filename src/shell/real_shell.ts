import { accessSync, constants, statSync } from "node:fs";
import { readRecord } from "../host/records.ts";
import { findAccount } from "../runtime/account.ts";
import { takePlace } from "../runtime/take_place.ts";

/** Accounts that nobody should log in to have one of these; commands cannot be run with them. */
const refusing = /\/(nologin|false|true|sync)$/;

/** The shells that can stand behind `claude-shell`, best first: the one before it, then those that every host has. Never throws. */
export function realShells(): string[] {
  return [...new Set([previousShell(), "/bin/bash", "/bin/sh"])].filter((path) => path !== undefined)
    .filter(isUsable);
}

function previousShell(): string | undefined {
  try {
    const account = findAccount(process.getuid!());
    return account && (readRecord(account.name)?.previousShell ?? account.shell);
  } catch {
    return undefined;
  }
}

function isUsable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    const [theirs, ours] = [statSync(path), statSync("/proc/self/exe")];
    const isOurselves = theirs.dev === ours.dev && theirs.ino === ours.ino;
    return path.startsWith("/") && theirs.isFile() && !isOurselves && !/\/claude-[^/]*$/.test(path) &&
      !refusing.test(path);
  } catch {
    return false;
  }
}

/**
 * Becomes the real shell.
 * @param words its arguments; a number means so many of our own last ones, byte for byte
 * @throws Failure only when this host has no shell at all
 */
export function becomeShell(words: readonly string[] | number, login: boolean): never {
  let failure: unknown = new Error("this host has no shell");
  for (const file of realShells()) {
    const name = file.slice(file.lastIndexOf("/") + 1);
    try {
      takePlace({ file, name: login ? `-${name}` : name, words, env: { SHELL: file } });
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}
