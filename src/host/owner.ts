import { chmodSync, closeSync, constants, fchmodSync, fchownSync, fstatSync, openSync } from "node:fs";
import type { Stats } from "node:fs";

/** Whose a file is; the name is for people, the numbers decide. */
export interface Owner {
  uid: number;
  gid: number;
  name: string;
}

export const ROOT: Owner = { uid: 0, gid: 0, name: "root" };

/** `0755 root`, the way differences name modes and owners. */
export function describeMode(mode: number, owner: string): string {
  return `${(mode & 0o7777).toString(8).padStart(4, "0")} ${owner}`;
}

/** Whose a file is, in words; by the name of `expected` where it is theirs. */
export function ownerName(stat: Stats, expected: Owner): string {
  if (stat.uid === expected.uid && stat.gid === expected.gid) return expected.name;
  if (stat.uid === expected.uid) return `${expected.name} (group ${stat.gid})`;
  return stat.uid === 0 ? "root" : `user ${stat.uid}`;
}

/** Corrects mode and owner of what is at `path` itself: a symlink there is refused by the kernel, not followed. */
export function correct(path: string, mode: number, owner: Owner): void {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const now = fstatSync(fd);
    if (now.uid !== owner.uid || now.gid !== owner.gid) fchownSync(fd, owner.uid, owner.gid);
    fchmodSync(fd, mode);
  } finally {
    closeSync(fd);
  }
}

/** As the owner of a file that even its owner may not open, only chmod by name is left. */
export function correctOwn(path: string, mode: number, owner: Owner): void {
  try {
    correct(path, mode, owner);
  } catch (error) {
    if ((error as { code?: string }).code !== "EACCES" || owner.uid === 0) throw error;
    chmodSync(path, mode);
  }
}
