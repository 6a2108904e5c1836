import { existsSync, readFileSync, statfsSync } from "node:fs";
import { dirname } from "node:path";
import { availableMemory } from "../../runtime/memory.ts";
import type { Check, Difference } from "../resource.ts";

const MiB = 1024 * 1024;

/** Free disk where versions and sessions go. `least` in bytes. */
export function diskSpace(path: string, least: number): Check {
  return {
    id: "disk",
    title: `free disk at ${path}`,
    why: "a full disk stops every session and destroys what is being written",
    severity: "warning",
    fix: "claude-ops cleanup",
    read() {
      let there = path;
      while (!existsSync(there)) there = dirname(there); // where it will be
      const { bavail, bsize } = statfsSync(there);
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
    fix: "claude-ops session list",
    read: () => Promise.resolve(atLeast(availableMemory(), least)),
  };
}

function atLeast(actual: number, least: number): Difference | null {
  if (actual >= least) return null;
  return { expected: `${Math.round(least / MiB)} MiB or more`, actual: `${Math.round(actual / MiB)} MiB` };
}

/** No host that runs this program lives before it was written. */
const BUILT_AFTER = Date.UTC(2026, 0, 1);

export function clock(now: () => number = Date.now): Check {
  return {
    id: "clock",
    title: "clock",
    why: "certificates and logins are refused when the date is wrong",
    fix: "timedatectl set-ntp true",
    read() {
      if (now() >= BUILT_AFTER) return Promise.resolve(null);
      return Promise.resolve({ expected: "2026 or later", actual: new Date(now()).toISOString() });
    },
  };
}

/** File systems on which locks between processes cannot be relied upon: their names in /proc/self/mountinfo. */
const REMOTE = ["nfs", "nfs4", "cifs", "smb3", "9p", "fuse.sshfs", "ceph", "afs"];

export function stateFileSystem(path: string): Check {
  return {
    id: "file-system",
    title: `file system of ${path}`,
    why: "sessions share a database there, and locks over a network are not reliable",
    severity: "warning",
    fix: "move the home directory to a local file system",
    read() {
      const type = fileSystemType(path);
      if (!REMOTE.includes(type)) return Promise.resolve(null);
      return Promise.resolve({ expected: "a local file system", actual: type });
    },
  };
}

function fileSystemType(path: string): string {
  let best = { point: "", type: "unknown" };
  for (const line of readFileSync("/proc/self/mountinfo", "utf8").split("\n")) {
    const [mounted, source] = line.split(" - ");
    const point = mounted?.split(" ")[4];
    const type = source?.split(" ")[0];
    if (!point || !type) continue;
    const inside = point === "/" || path === point || path.startsWith(`${point}/`);
    if (inside && point.length >= best.point.length) best = { point, type };
  }
  return best.type;
}
