import { lstatSync, readdirSync } from "node:fs";

/** Bytes that a tree takes on disk; follows no link, and passes over what goes away meanwhile. */
export function diskUsage(path: string): number {
  const facts = lstatSync(path, { throwIfNoEntry: false });
  if (facts === undefined) return 0;
  const own = facts.blocks * 512;
  return facts.isDirectory()
    ? entries(path).reduce((sum, name) => sum + diskUsage(`${path}/${name}`), own)
    : own;
}

function entries(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}
