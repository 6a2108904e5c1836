import { readdirSync, readFileSync } from "node:fs";

interface Entry {
  parent: number;
  /** Bytes. */
  resident: number;
}

/**
 * Resident memory in bytes of each of these processes with all that they have started, in one look at `/proc`. What
 * several of them share counts in each.
 */
export function residentMemory(roots: readonly (readonly number[])[]): number[] {
  const all = processes();
  const children = new Map<number, number[]>();
  for (const [pid, { parent }] of all) {
    const siblings = children.get(parent);
    if (siblings === undefined) children.set(parent, [pid]);
    else siblings.push(pid);
  }
  return roots.map((pids) => {
    const tree = new Set(pids);
    for (const pid of tree) for (const child of children.get(pid) ?? []) tree.add(child);
    return [...tree].reduce((sum, pid) => sum + (all.get(pid)?.resident ?? 0), 0);
  });
}

function processes(): Map<number, Entry> {
  const found = new Map<number, Entry>();
  for (const name of readdirSync("/proc")) {
    const pid = Number(name);
    if (!Number.isSafeInteger(pid)) continue;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, "latin1");
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      found.set(pid, { parent: Number(fields[1]), resident: Number(fields[21]) * pageSize() });
    } catch {
      // It ended meanwhile.
    }
  }
  return found;
}

let page: number | undefined;

/** What `/proc/<pid>/stat` counts in: 4 KiB nearly everywhere, more on some arm64 kernels. AT_PAGESZ (6) says which. */
function pageSize(): number {
  return page ??= (() => {
    const words = new BigUint64Array(new Uint8Array(readFileSync("/proc/self/auxv")).buffer);
    for (let i = 0; i + 1 < words.length; i += 2) if (words[i] === 6n) return Number(words[i + 1]);
    return 4096;
  })();
}
