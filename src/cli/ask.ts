import { readSync, writeSync } from "node:fs";
import { errno } from "../errors.ts";

/**
 * Asks on stderr and waits for a line from the terminal on stdin; undefined at its end (Ctrl-D). For what is about to
 * become another program: the kernel edits the line, so no reader of ours stays behind that would take keys away from
 * that program, and Ctrl-C ends this one as it ends any.
 */
export function askLine(question: string): string | undefined {
  writeSync(2, question);
  const bytes = new Uint8Array(1024);
  for (;;) {
    try {
      const read = readSync(0, bytes, 0, bytes.length, null);
      if (read === 0) return undefined;
      return new TextDecoder().decode(bytes.subarray(0, read)).trim();
    } catch (error) {
      if (errno(error) === "EIO") return undefined; // the terminal is gone
      if (errno(error) !== "EAGAIN" && errno(error) !== "EINTR") throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
    }
  }
}
