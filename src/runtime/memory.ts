import { existsSync, readFileSync } from "node:fs";

/** Memory that new processes could take, in bytes, and the limit that holds here: the container's, else the machine's. */
export interface Memory {
  available: number;
  limit: number;
}

/** One of the kernel's two control group hierarchies: where it is and what it calls things. */
interface Hierarchy {
  mount: string;
  /** The controllers in its line of `/proc/self/cgroup`. */
  controller: string;
  limit: string;
  usage: string;
  /** Lines of `memory.stat` with what the kernel gives back as soon as it is asked to. */
  reclaimable: readonly string[];
}

const hierarchies: readonly Hierarchy[] = [
  {
    mount: "/sys/fs/cgroup",
    controller: "",
    limit: "memory.max",
    usage: "memory.current",
    reclaimable: ["active_file", "inactive_file", "slab_reclaimable"],
  },
  {
    mount: "/sys/fs/cgroup/memory",
    controller: "memory",
    limit: "memory.limit_in_bytes",
    usage: "memory.usage_in_bytes",
    reclaimable: ["total_active_file", "total_inactive_file"],
  },
];

/**
 * What may be taken before something has to give: the smallest of what the machine has and what each control group
 * leaves that this process is in, from its own up to the container's. Page cache counts as free, tmpfs does not.
 * A start of a session goes through here, so nothing is read and compiled that it can do without.
 * @param enough more than this is not looked for, in bytes: page cache is then left out where there is no need for it
 * @param root stands for `/` in tests
 */
export function memoryHere(enough = Infinity, root = ""): Memory {
  const groups = text(`${root}/proc/self/cgroup`).split("\n").map((line) => line.split(":"));
  const levels = hierarchies.flatMap((hierarchy) => {
    const [, , own] = groups.find(([, controllers]) =>
      controllers?.split(",").includes(hierarchy.controller)
    ) ?? [];
    return own === undefined ? [] : levelsOf(root, hierarchy, own, enough);
  });
  const machine = text(`${root}/proc/meminfo`);
  levels.push({
    available: field(machine, "MemAvailable:") * 1024,
    limit: field(machine, "MemTotal:") * 1024,
  });
  return {
    available: Math.max(0, Math.min(...levels.map(({ available }) => available))),
    limit: Math.min(...levels.map(({ limit }) => limit)),
  };
}

/** Bytes that a new process may take before something has to give. */
export function availableMemory(): number {
  return memoryHere().available;
}

function levelsOf(
  root: string,
  { mount, limit, usage, reclaimable }: Hierarchy,
  own: string,
  enough: number,
): Memory[] {
  const names = own.split("/").filter(Boolean);
  // Without a name space of its own a container sees its path on the machine, but its own group at the mount.
  const paths = Array.from({ length: names.length + 1 }, (_, i) => ["", ...names.slice(0, i)].join("/"));
  return paths.flatMap((path) => {
    const directory = `${root}${mount}${path}`;
    // A missing file that is read costs an error with its stack.
    const most = existsSync(`${directory}/${limit}`) ? parseInt(text(`${directory}/${limit}`)) : NaN;
    // v1 says a number near 2^63 where there is no limit, v2 the word max.
    if (Number.isNaN(most) || most > 2 ** 60) return [];
    const left = most - parseInt(text(`${directory}/${usage}`));
    if (Number.isNaN(left)) return [];
    if (left >= enough) return [{ available: left, limit: most }];
    const stat = text(`${directory}/memory.stat`);
    const cached = reclaimable.reduce((sum, name) => sum + (field(stat, `${name} `, 0)), 0);
    return [{ available: left + cached, limit: most }];
  });
}

/** The number behind a name at the start of a line. */
function field(text: string, name: string, missing = Infinity): number {
  const at = text.startsWith(name) ? 0 : text.indexOf(`\n${name}`) + 1;
  return at === 0 && !text.startsWith(name) ? missing : parseInt(text.slice(at + name.length));
}

function text(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
