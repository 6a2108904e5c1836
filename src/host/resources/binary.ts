import { createHash } from "node:crypto";
import {
  chmodSync,
  closeSync,
  copyFileSync,
  fsyncSync,
  lstatSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  unlinkSync,
} from "node:fs";
import { temporaryFor } from "../../store/temporary.ts";
import { correct, describeMode, type Owner, ownerName } from "../owner.ts";
import type { Difference, Resource } from "../resource.ts";

/** The program itself at its place, the same bytes as `source`. */
export function binary(path: string, source: string, owner: Owner, title: string = path): Resource {
  const mode = 0o755;
  const right = describeMode(mode, owner.name);
  return {
    id: "binary",
    title,
    why: "launcher, timers and the sudoers rule all start it",
    read: () => Promise.resolve(look()),
    apply() {
      if (path !== source && !same()) replaceByCopy(source, path);
      correct(path, mode, owner);
      return Promise.resolve();
    },
    remove() {
      if (!lstatSync(path, { throwIfNoEntry: false })) return Promise.resolve(false);
      unlinkSync(path);
      return Promise.resolve(true);
    },
  };

  function look(): Difference | null {
    const stat = lstatSync(path, { throwIfNoEntry: false });
    const expected = `this version, ${right}`;
    if (!stat) return { expected, actual: "missing" };
    if (!stat.isFile()) return { expected, actual: "not a file" };
    const shown = describeMode(stat.mode, ownerName(stat, owner));
    if (shown !== right) return { expected: right, actual: shown };
    return path === source || same() ? null : { expected, actual: "another version" };
  }

  function same(): boolean {
    const stat = lstatSync(path, { throwIfNoEntry: false });
    const other = lstatSync(source);
    if (!stat?.isFile()) return false;
    if (stat.dev === other.dev && stat.ino === other.ino) return true;
    return stat.size === other.size && sha256(path) === sha256(source);
  }
}

function replaceByCopy(source: string, path: string): void {
  const temporary = temporaryFor(path);
  try {
    copyFileSync(source, temporary);
    chmodSync(temporary, 0o755);
    const fd = openSync(temporary, "r");
    fsyncSync(fd);
    closeSync(fd);
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** In pieces: the program has more than a hundred megabytes. */
function sha256(path: string): string {
  const hash = createHash("sha256");
  const piece = new Uint8Array(1 << 20);
  const fd = openSync(path, "r");
  try {
    for (let n; (n = readSync(fd, piece)) > 0;) hash.update(piece.subarray(0, n));
  } finally {
    closeSync(fd);
  }
  return hash.digest("hex");
}
