import { mkdir, readdir, rm } from "node:fs/promises";
import { uptime } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { lstatSync } from "node:fs";
import { errno } from "../errors.ts";

/**
 * Names for work in progress that say whose it is: `.staging-2.1.329~4711~k3x9`. What a killed process leaves
 * is told from what a live one still uses, and is taken away by whoever comes next.
 */
const NAME = /^\..+~(\d+)~[a-z0-9]+$/;

/** A name that is nobody else's, hidden, in the same directory as the finished thing. */
export function scratchName(stem: string): string {
  return `.${stem}~${process.pid}~${crypto.randomUUID().slice(0, 8)}`;
}

/** Makes a directory for work in progress, for our eyes only. */
export async function scratchDirectory(parent: string, stem: string): Promise<string> {
  const path = join(parent, scratchName(stem));
  await mkdir(path, { mode: 0o700 });
  return path;
}

/**
 * Removes our own work in progress. After a failed extraction a file or two may still be on their way to the disk and
 * appear while their directory is removed, so that is tried again for a second.
 */
export async function removeScratch(path: string): Promise<void> {
  for (let attempt = 1;; attempt++) {
    try {
      return await rm(path, { recursive: true, force: true });
    } catch (error) {
      if (errno(error) !== "ENOTEMPTY" || attempt === 40) throw error;
      await setTimeout(25);
    }
  }
}

/** Removes the work in progress of processes that are gone; what cannot be removed is left for the next time. */
export async function sweep(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    if (!isAbandoned(parent, name)) continue;
    await rm(join(parent, name), { recursive: true, force: true }).catch(() => {});
  }
}

/** Whether this is work in progress of a process that is gone. */
export function isAbandoned(parent: string, name: string): boolean {
  const pid = Number(NAME.exec(name)?.[1]);
  return pid > 0 && (!runs(pid) || olderThanBoot(join(parent, name)));
}

function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errno(error) === "EPERM";
  }
}

/** After a reboot the number may be somebody else's. A minute of doubt is for clocks that were set meanwhile. */
function olderThanBoot(path: string): boolean {
  try {
    return lstatSync(path).ctimeMs < Date.now() - uptime() * 1000 - 60_000;
  } catch {
    return false;
  }
}
