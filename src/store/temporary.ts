import { lstatSync, rmSync } from "node:fs";
import { namesIn } from "../runtime/files.ts";
import { beganAfter } from "../runtime/process.ts";

/**
 * A free name beside `path`, hidden and with our pid in it, for what is going to be renamed to it. Whatever killed
 * processes left there on the way to the same file is removed.
 */
export function temporaryFor(path: string): string {
  // Not by node:path, which a start would have to load.
  const slash = path.lastIndexOf("/");
  const directory = slash < 0 ? "." : path.slice(0, slash) || "/";
  const stem = `.${path.slice(slash + 1)}.`;
  for (const name of namesIn(directory)) {
    const pid = name.startsWith(stem) && Number(/^(\d+)\.tmp$/.exec(name.slice(stem.length))?.[1]);
    const left = `${directory}/${name}`;
    if (pid && (pid === process.pid || !writes(pid, left))) rmSync(left, { force: true });
  }
  return `${directory}/${stem}${process.pid}.tmp`;
}

/** Whether that process may be the one that writes this file. */
function writes(pid: number, file: string): boolean {
  if (lstatSync(`/proc/${pid}`, { throwIfNoEntry: false }) === undefined) return false;
  const facts = lstatSync(file, { throwIfNoEntry: false });
  return facts !== undefined && !beganAfter(pid, facts.mtimeMs);
}
