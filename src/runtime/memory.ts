import { readFileSync } from "node:fs";

/** Memory that new processes could take, in bytes, and the limit that holds here: the container's, else the machine's. */
export interface Memory {
  available: number;
  limit: number;
}

/** One of the kernel's two control group hierarchies: where it is and what it calls things. */
interface Hierarchy {
  mount: string;
  /** What stands before the path in `/proc/self/cgroup`. */
  mark: RegExp;
  limit: string;
  usage: string;
  /** Lines of `memory.stat` with what the kernel gives back as soon as it is asked to. */
  reclaimable: RegExp;
}

const hierarchies: readonly Hierarchy[] = [
  {
    mount: "/sys/fs/cgroup",
    mark: /^0::(\/.*)$/m,
    limit: "memory.max",
    usage: "memory.current",
    reclaimable: /^(?:active_file|inactive_file|slab_reclaimable) (\d+)$/gm,
  },
  {
    mount: "/sys/fs/cgroup/memory",
    mark: /^\d+:(?:[^:]*,)?memory(?:,[^:]*)?:(\/.*)$/m,
    limit: "memory.limit_in_bytes",
    usage: "memory.usage_in_bytes",
    reclaimable: /^total_(?:active_file|inactive_file) (\d+)$/gm,
  },
];

/**
 * What may be taken before something has to give: the smallest of what the machine has and what each control group
 * leaves that this process is in, from its own up to the container's. Page cache counts as free, tmpfs does not.
 * @param root stands for `/` in tests
 */
export function memoryHere(root = ""): Memory {
  const levels = hierarchies.flatMap((hierarchy) => groups(root, hierarchy));
  const machine = text(`${root}/proc/meminfo`);
  const kib = (name: string) =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, "m").exec(machine)?.[1] ?? Infinity);
  const all = [{ available: kib("MemAvailable") * 1024, limit: kib("MemTotal") * 1024 }, ...levels];
  return {
    available: Math.max(0, Math.min(...all.map(({ available }) => available))),
    limit: Math.min(...all.map(({ limit }) => limit)),
  };
}

/** Bytes that a new process may take before something has to give. */
export function availableMemory(): number {
  return memoryHere().available;
}

function groups(root: string, { mount, mark, limit, usage, reclaimable }: Hierarchy): Memory[] {
  const own = mark.exec(text(`${root}/proc/self/cgroup`))?.[1];
  if (own === undefined) return [];
  const names = own.split("/").filter(Boolean);
  // Without a name space of its own a container sees its path on the machine, but its own group at the mount.
  const paths = Array.from({ length: names.length + 1 }, (_, i) => ["", ...names.slice(0, i)].join("/"));
  return paths.flatMap((path) => {
    const directory = `${root}${mount}${path}`;
    const most = number(`${directory}/${limit}`);
    const used = number(`${directory}/${usage}`);
    // v1 says a number near 2^63 where there is no limit, v2 the word max.
    if (Number.isNaN(most + used) || most > 2 ** 60) return [];
    const freed = [...text(`${directory}/memory.stat`).matchAll(reclaimable)];
    const cached = freed.reduce((sum, [, bytes]) => sum + Number(bytes), 0);
    return [{ available: most - used + cached, limit: most }];
  });
}

const number = (path: string) => Number(text(path) || NaN);

function text(path: string): string {
  try {
    return readFileSync(path, "utf8").trim();
  } catch {
    return "";
  }
}
