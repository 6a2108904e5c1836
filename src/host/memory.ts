import { readFileSync } from "node:fs";

/**
 * Bytes that a new process may take before something has to give: the container's limit (cgroup v2, then v1) less what
 * is used there, and never more than the machine has available. Page cache counts as free.
 */
export function availableMemory(): number {
  return Math.min(machine(), container());
}

function machine(): number {
  const kib = /^MemAvailable:\s+(\d+) kB$/m.exec(text("/proc/meminfo"))?.[1];
  return kib ? Number(kib) * 1024 : Infinity;
}

function container(): number {
  const v2 = limited("/sys/fs/cgroup", "memory.max", "memory.current", "file");
  return v2 ?? limited("/sys/fs/cgroup/memory", "memory.limit_in_bytes", "memory.usage_in_bytes", "cache") ??
    Infinity;
}

function limited(directory: string, limit: string, usage: string, cache: string): number | undefined {
  const most = Number(text(`${directory}/${limit}`) || NaN);
  const used = Number(text(`${directory}/${usage}`) || NaN);
  if (!Number.isFinite(most) || !Number.isFinite(used)) return undefined;
  const cached = new RegExp(`^${cache} (\\d+)$`, "m").exec(text(`${directory}/memory.stat`))?.[1];
  return most - used + Number(cached ?? 0);
}

function text(path: string): string {
  try {
    return readFileSync(path, "utf8").trim();
  } catch {
    return "";
  }
}
