import { readFileSync, readlinkSync, statSync } from "node:fs";
import { namesIn } from "./files.ts";

/** A process that has a file open for writing. */
export interface Writer {
  pid: number;
  program: string;
}

/** Processes of this user, others than this one, that have a file open for writing (proc(5), `fd` and `fdinfo`). */
export function writersOf(path: string): Writer[] {
  const file = statSync(path, { throwIfNoEntry: false });
  if (file === undefined) return [];
  return namesIn("/proc").filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((pid) => namesIn(`/proc/${pid}/fd`).some((fd) => writes(pid, fd, path, file)))
    .map((pid) => ({ pid: Number(pid), program: read(`/proc/${pid}/comm`).trim() }));
}

function writes(pid: string, fd: string, path: string, { dev, ino }: { dev: number; ino: number }): boolean {
  try {
    // Most descriptors are told apart by their link alone: looking at what it leads to may block.
    if (!readlinkSync(`/proc/${pid}/fd/${fd}`).endsWith(path.slice(path.lastIndexOf("/")))) return false;
    const found = statSync(`/proc/${pid}/fd/${fd}`);
    if (found.dev !== dev || found.ino !== ino) return false;
  } catch {
    return false;
  }
  const flags = Number.parseInt(/^flags:\s+(\d+)$/m.exec(read(`/proc/${pid}/fdinfo/${fd}`))?.[1] ?? "0", 8);
  // O_WRONLY is 1, O_RDWR 2.
  return (flags & 3) !== 0;
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
