import { createHash } from "node:crypto";
import {
  chmodSync,
  closeSync,
  linkSync,
  mkdirSync,
  openSync,
  statfsSync,
  symlinkSync,
  writeSync,
} from "node:fs";
import { Failure } from "../errors.ts";
import type { File } from "./manifest.ts";
import type { Unit } from "./plan.ts";
import type { Present } from "./present.ts";
import type { Input } from "./wire.ts";

/** Two directories on one file system: what sessions see, and what is made ready for them. */
export interface Places {
  shared: string;
  staging: string;
}

/** The files whose content has to come, in the order of the manifest. */
export function lacking(units: readonly Unit[]): File[] {
  return units.flatMap(({ entries, same }) =>
    entries.filter((entry): entry is File => entry.type === "file" && !same.has(entry.path))
  );
}

/** @throws {Failure} `disk-full` where there is no room for these files beside what they replace */
export function requireRoom(staging: string, files: readonly File[]): void {
  const { bavail, bsize } = statfsSync(staging);
  const needed = files.reduce((sum, { size }) => sum + Math.ceil((size + 1) / bsize) * bsize, 0);
  if (bavail * bsize >= needed) return;
  throw new Failure(`no room for what is shared: ${Math.ceil(needed / 1024)} KiB are needed`, {
    hint: "free some space there, nothing was sent",
    code: "disk-full",
  });
}

/**
 * Makes each unit ready under its number in the staging directory: what came, checked, and what stays.
 * @throws {Failure} `cut-short`, `mismatch`; nothing that sessions see has changed then
 */
export async function stage(
  units: readonly Unit[],
  places: Places,
  present: Present,
  contents: Input,
): Promise<void> {
  for (const [number, unit] of units.entries()) {
    const target = (path: string) => `${places.staging}/${number}${path.slice(unit.path.length)}`;
    for (const entry of unit.entries) {
      if (entry.type === "directory") mkdirSync(target(entry.path), { mode: 0o755 });
      else if (entry.type === "link") symlinkSync(entry.target, target(entry.path));
      else if (unit.same.has(entry.path)) linkSync(`${places.shared}/${entry.path}`, target(entry.path));
      else await receive(entry, target(entry.path), contents);
    }
    for (const path of unit.kept) keep(`${places.shared}/${path}`, target(path), present.get(path)!);
  }
}

function keep(
  place: string,
  target: string,
  { type, mode, target: leads }: NonNullable<ReturnType<Present["get"]>>,
): void {
  if (type === "link") return symlinkSync(leads!, target);
  if (type !== "directory") return linkSync(place, target);
  mkdirSync(target);
  chmodSync(target, mode & ~0o022);
}

async function receive(
  { path, size, sha256, executable }: File,
  target: string,
  contents: Input,
): Promise<void> {
  const hash = createHash("sha256");
  const descriptor = openSync(target, "wx", executable ? 0o755 : 0o644);
  try {
    for (let left = size; left > 0;) {
      const chunk = await contents.some(left);
      hash.update(chunk);
      for (let at = 0; at < chunk.length;) at += writeSync(descriptor, chunk, at);
      left -= chunk.length;
    }
  } finally {
    closeSync(descriptor);
  }
  if (hash.digest("hex") === sha256) return;
  throw new Failure(`${path} did not arrive as it was sent`, {
    hint: "was it changed meanwhile? Run the same command again; nothing was changed",
    code: "mismatch",
  });
}
