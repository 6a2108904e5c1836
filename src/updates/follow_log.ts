import { existsSync, type FSWatcher, watch } from "node:fs";
import { basename, dirname } from "node:path";
import { type Bookmark, readLog } from "./read_log.ts";

/** Milliseconds in which further changes are waited for, so that a burst is read once. */
const BURST = 20;
/** Milliseconds between looks where the kernel does not tell of changes: its watches are used up. */
const WITHOUT_WATCH = 1_000;

/**
 * The lines that there are, then each new one, across rotations; the kernel says when there is something. Ends when the
 * signal is aborted.
 */
export async function* followLog(file: string, signal: AbortSignal): AsyncGenerator<string[]> {
  const changes = new Changes(file, signal);
  try {
    let bookmark: Bookmark | undefined;
    while (!signal.aborted) {
      changes.seen();
      const reading = readLog(file, bookmark);
      bookmark = reading.bookmark;
      if (reading.lines.length > 0) yield reading.lines;
      await changes.next();
    }
  } finally {
    changes.close();
  }
}

/** Tells that something happened to a file since it was last looked at. */
class Changes {
  readonly #stop: (() => void)[] = [];
  #waiting = Promise.withResolvers<void>();

  constructor(file: string, signal: AbortSignal) {
    const ring = () => this.#waiting.resolve();
    signal.addEventListener("abort", ring);
    const name = basename(file);
    try {
      const watcher: FSWatcher = watch(dirname(file), (_, changed) => {
        if (changed === null || changed === name) ring();
      });
      this.#stop.push(() => watcher.close());
      watcher.on("error", () => this.#poll(ring));
    } catch {
      this.#poll(ring);
    }
    if (!existsSync(dirname(file))) this.#poll(ring);
  }

  #poll(ring: () => void): void {
    const timer = setInterval(ring, WITHOUT_WATCH);
    this.#stop.push(() => clearInterval(timer));
  }

  seen(): void {
    this.#waiting = Promise.withResolvers<void>();
  }

  async next(): Promise<void> {
    await this.#waiting.promise;
    await new Promise((resolve) => setTimeout(resolve, BURST));
  }

  close(): void {
    for (const stop of this.#stop) stop();
  }
}
