import { readdirSync, readFileSync } from "node:fs";

/**
 * Memory in bytes of each of these groups of processes with all that they started: what would be free without them.
 * Program files that are mapped do not count, the kernel can drop those and sessions of one version share them.
 */
export function memoryOf(groups: readonly (readonly number[])[]): number[] {
  if (groups.length === 0) return [];
  const children = childrenByParent();
  return groups.map((pids) => {
    const tree = new Set(pids);
    for (const pid of tree) for (const child of children.get(pid) ?? []) tree.add(child);
    return [...tree].reduce((sum, pid) => sum + ownMemory(pid), 0);
  });
}

function childrenByParent(): Map<number, number[]> {
  const children = new Map<number, number[]>();
  for (const entry of readdirSync("/proc")) {
    const pid = Number(entry);
    if (!Number.isInteger(pid)) continue;
    const stat = read(`/proc/${entry}/stat`);
    const parent = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
    children.set(parent, [...children.get(parent) ?? [], pid]);
  }
  return children;
}

/** RssAnon and RssShmem of proc_pid_status(5), since Linux 4.5; and what was swapped out. */
function ownMemory(pid: number): number {
  const kib = [...read(`/proc/${pid}/status`).matchAll(/^(?:RssAnon|RssShmem|VmSwap):\s+(\d+) kB$/gm)];
  return kib.reduce((sum, [, amount]) => sum + Number(amount) * 1024, 0);
}

function read(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch {
    // It ended meanwhile.
    return "";
  }
}
