import { lstatSync, rmSync } from "node:fs";
import { namesIn } from "../runtime/files.ts";

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
    const pid = name.startsWith(stem) && /^(\d+)\.tmp$/.exec(name.slice(stem.length))?.[1];
    if (pid && (Number(pid) === process.pid || !runs(pid))) rmSync(`${directory}/${name}`, { force: true });
  }
  return `${directory}/${stem}${process.pid}.tmp`;
}

function runs(pid: string): boolean {
  return lstatSync(`/proc/${pid}`, { throwIfNoEntry: false }) !== undefined;
}
