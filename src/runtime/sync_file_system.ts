import { spawnSync } from "node:child_process";
import { Failure } from "../errors.ts";
import { openLibc } from "./libc.ts";

/** syncfs(2), since Linux 2.6.39; it tells of lost writes since 5.8. */
const numbers: Partial<Record<string, number>> = { x64: 306, arm64: 267 };

/**
 * Returns when all that was written to the file system of an open directory is on its disk.
 * @throws {Failure} where the disk did not take it
 */
export function syncFileSystem(directory: { descriptor: number; path: string }): void {
  const [libc, number] = [openLibc(), numbers[process.arch]];
  const done = libc !== undefined && number !== undefined
    ? libc.syscall(number, directory.descriptor, 0, 0, 0, 0) === 0
    : spawnSync("sync", ["-f", `/proc/${process.pid}/fd/${directory.descriptor}`]).status === 0;
  if (done) return;
  throw new Failure("the disk did not take what was written to it", {
    hint: "look at the kernel's log there (dmesg)",
  });
}
