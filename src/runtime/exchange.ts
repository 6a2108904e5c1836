import { renameSync } from "node:fs";
import { cString, type Libc, openLibc } from "./libc.ts";

/** renameat2(2), since Linux 3.15. */
const numbers: Partial<Record<string, number>> = { x64: 316, arm64: 276 };
const RENAME_EXCHANGE = 2;
const AT_FDCWD = -100;

let libc: Libc | undefined;

/**
 * Exchanges two names of one file system in one step: whoever looks at either sees the one thing or the other. Where the
 * file system cannot (NFS, ZFS before 2.2), by renaming twice: then there is nothing at `place` for an instant.
 * @param put a name of our own, whose thing comes to `place` and which afterwards has what was there
 */
export function exchange(put: string, place: string): void {
  const number = numbers[process.arch];
  libc ??= openLibc();
  if (libc !== undefined && number !== undefined) {
    const [from, to] = [cString(put), cString(place)];
    const [a, b] = [Number(libc.address(from)), Number(libc.address(to))];
    if (libc.syscall(number, AT_FDCWD, a, AT_FDCWD, b, RENAME_EXCHANGE) === 0) return;
  }
  renameSync(place, `${put}.before`);
  renameSync(put, place);
}
