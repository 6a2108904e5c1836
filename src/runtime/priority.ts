import { readdirSync } from "node:fs";
import { setPriority } from "node:os";
import { openLibc } from "./libc.ts";

/** ioprio_set(2): its number, "a thread", and the idle class, which gets the disk when nobody else wants it. */
const number: Record<string, number> = { x64: 251, arm64: 30 };
const [thread, idle] = [1, 3 << 13];

/**
 * From here on, this process takes processor and disk only as far as others leave them. Both are a thread's own, so all
 * of ours are told; what they start inherits it. Where it is not to be had, the work is done all the same.
 */
export function lowerPriority(): void {
  const libc = process.platform === "linux" ? openLibc() : undefined;
  const call = number[process.arch];
  for (const id of threads()) {
    try {
      setPriority(id, 19);
      if (call !== undefined) libc?.syscall(call, thread, id, idle, 0, 0);
    } catch {
      // It ended, or the runtime may not.
    }
  }
}

function threads(): number[] {
  try {
    return readdirSync("/proc/self/task").map(Number);
  } catch {
    return [];
  }
}
