import { closeSync, constants, type FSWatcher, openSync, watch, writeSync } from "node:fs";

const fileFor = (directory: string) => `${directory}/state.changed`;
const { O_CREAT, O_NOFOLLOW, O_WRONLY } = constants;

/**
 * Tells those who wait that something was written. The database's own files do not: they change before what was written
 * can be read. A full disk keeps nobody from writing; who waits also looks by itself from time to time.
 */
export function announceChange(directory: string): void {
  try {
    const descriptor = openSync(fileFor(directory), O_WRONLY | O_CREAT | O_NOFOLLOW, 0o600);
    try {
      writeSync(descriptor, "x", 0);
    } finally {
      closeSync(descriptor);
    }
  } catch {
    // They look by themselves.
  }
}

export interface Changes {
  /** Resolves when something was written since the last call, or after `milliseconds`. */
  next(milliseconds: number): Promise<void>;
  close(): void;
}

/** Begin to listen before looking at what there is, so that nothing falls between. */
export function listenForChanges(directory: string): Changes {
  let changed = false;
  let wake = () => {};
  closeSync(openSync(fileFor(directory), O_WRONLY | O_CREAT | O_NOFOLLOW, 0o600));
  const watcher = watching(fileFor(directory), () => {
    changed = true;
    wake();
  });
  return {
    async next(milliseconds) {
      if (!changed) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, milliseconds);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
      changed = false;
    },
    close: () => watcher?.close(),
  };
}

/** Without a watcher, where the kernel has none left (EMFILE), there is still the time limit of each call. */
function watching(file: string, heard: () => void): FSWatcher | undefined {
  try {
    return watch(file, heard).on("error", () => {});
  } catch {
    return undefined;
  }
}
