import { lstatSync, readdirSync, rmSync } from "node:fs";

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

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return []; // whoever writes there says what is wrong with it
  }
}

function runs(pid: string): boolean {
  return lstatSync(`/proc/${pid}`, { throwIfNoEntry: false }) !== undefined;
}
