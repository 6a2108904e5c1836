import { lstatSync } from "node:fs";
import { namesIn } from "../runtime/files.ts";

/** Bytes that a tree takes on disk; follows no link, and passes over what goes away meanwhile. */
export function diskUsage(path: string): number {
  const facts = lstatSync(path, { throwIfNoEntry: false });
  if (facts === undefined) return 0;
  const own = facts.blocks * 512;
  return facts.isDirectory()
    ? namesIn(path).reduce((sum, name) => sum + diskUsage(`${path}/${name}`), own)
    : own;
}
