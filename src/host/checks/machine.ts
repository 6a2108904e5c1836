import { statfsSync } from "node:fs";
import { isClockBehind } from "../../runtime/clock.ts";
import { availableMemory } from "../../runtime/memory.ts";
import { ownAccount } from "../../runtime/account.ts";
import { nearestExisting, unsafeFileSystem } from "../../store/file_system.ts";
import type { Check, Difference } from "../resource.ts";

const MiB = 1024 * 1024;

/** Free disk where versions and sessions go. `least` in bytes. */
export function diskSpace(path: string, least: number): Check {
  return {
    id: "disk",
    title: `free disk at ${path}`,
    why: "a full disk stops every session and destroys what is being written",
    severity: "warning",
    fix: [["claude-ops", "cleanup"]],
    read() {
      const { bavail, bsize } = statfsSync(nearestExisting(path));
      return Promise.resolve(atLeast(bavail * bsize, least));
    },
  };
}

/** What a session may still take, by the container's own limit where it has one. `least` in bytes. */
export function memory(least: number): Check {
  return {
    id: "memory",
    title: "free memory",
    why: "an idle session takes about 230 MiB; without room the kernel ends one of them",
    severity: "warning",
    fix: [["claude-ops", "session", "list"]],
    read: () => Promise.resolve(atLeast(availableMemory(), least)),
  };
}

function atLeast(actual: number, least: number): Difference | null {
  if (actual >= least) return null;
  return { expected: `${Math.round(least / MiB)} MiB or more`, actual: `${Math.round(actual / MiB)} MiB` };
}

/** A clock that has not asked the network yet stands at 1970. */
export function clock(now: () => number = Date.now): Check {
  return {
    id: "clock",
    title: "clock",
    why: "certificates and logins are refused when the date is wrong",
    fix: [["timedatectl", "set-ntp", "true"]],
    read() {
      if (!isClockBehind(now())) return Promise.resolve(null);
      return Promise.resolve({ expected: "2026 or later", actual: new Date(now()).toISOString() });
    },
  };
}

/** That no network is between the database that sessions share and its disk. */
export function stateFileSystem(path: string): Check {
  const local = `/var/lib/claude-ops-${ownAccount().name}`;
  return {
    id: "file-system",
    title: `file system of ${path}`,
    why: "sessions share a database there, and locks over a network are not reliable",
    fix: [["sudo", "mv", path, local], ["sudo", "ln", "-sT", local, path]],
    read() {
      const type = unsafeFileSystem(nearestExisting(path));
      return Promise.resolve(type === undefined ? null : { expected: "a local file system", actual: type });
    },
  };
}
