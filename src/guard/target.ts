import { readlinkSync, realpathSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";

/**
 * The real path that Claude Code writes when a tool names a file: made absolute by its text alone, as the tools do
 * (`..` goes before links, seen on 2.1.329), then links followed, those of parents and those that lead nowhere yet too.
 * What is not there keeps its spelling.
 */
export function targetOf(path: string, cwd: string, home: string): string {
  const named = path === "~" || path.startsWith("~/") ? `${home}${path.slice(1)}` : path;
  return followed(resolve(cwd, named), 40);
}

/** @param hops links that are still followed, as many as the kernel does (path_resolution(7)) */
function followed(path: string, hops: number): string {
  try {
    return realpathSync.native(path);
  } catch {
    // Not there yet, or a way that nobody can write to either.
  }
  if (path === "/") return path;
  const parent = followed(dirname(path), hops);
  const inParent = join(parent, basename(path));
  const link = hops > 0 ? linkAt(inParent) : undefined;
  return link === undefined ? inParent : followed(resolve(parent, link), hops - 1);
}

function linkAt(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}
