import {
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fsyncSync,
  openSync,
  renameSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { temporaryFor } from "./temporary.ts";

export interface ReplaceOptions {
  mode: number;
  /** Owner to give the file; needs root when it is not ourselves. */
  owner?: { uid: number; gid: number };
  /** Looks at the finished temporary file; a throw leaves the old file as it was. */
  verify?: (temporary: string) => void;
  /** Wait for the disk, so that the file survives a power cut. Default true. */
  durable?: boolean;
}

/**
 * Puts a file in place whole or not at all: a temporary file beside it, then one rename.
 * A symlink at `path` is replaced, never written through.
 */
export function replaceFile(path: string, content: string | Uint8Array, options: ReplaceOptions): void {
  const temporary = temporaryFor(path);
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
  const fd = openSync(temporary, flags, 0o600);
  try {
    try {
      const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
      for (let written = 0; written < bytes.length;) written += writeSync(fd, bytes, written);
      if (options.owner) fchownSync(fd, options.owner.uid, options.owner.gid);
      fchmodSync(fd, options.mode);
      if (options.durable ?? true) fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    options.verify?.(temporary);
    renameSync(temporary, path);
  } catch (error) {
    try {
      unlinkSync(temporary);
    } catch {
      // the first error is the one to tell
    }
    throw error;
  }
}
