import { constants, readFileSync } from "node:fs";
import { Failure } from "../errors.ts";
import { FileFacts } from "./file_facts.ts";
import { cString, type Libc, openLibc } from "./libc.ts";

/** Numbers of syscall(2), the same in every libc. */
const numbers = {
  x64: { getdents64: 217, unlinkat: 263, statx: 332, openat: 257, renameat: 264, close: 3 },
  arm64: { getdents64: 61, unlinkat: 35, statx: 291, openat: 56, renameat: 38, close: 57 },
};
/** openat2, since Linux 5.6, on all architectures. */
const OPENAT2 = 437;
const [AT_REMOVEDIR, AT_SYMLINK_NOFOLLOW, AT_STATX_DONT_SYNC] = [0x200, 0x100, 0x4000];
/** Neither over a mount point nor through a link. */
const [RESOLVE_NO_XDEV, RESOLVE_NO_SYMLINKS] = [0x1n, 0x4n];
const AT_FDCWD = -100;
const [O_PATH, O_CLOEXEC] = [0o10000000, 0o2000000];

/**
 * Calls that name what they work on by an open directory and one name in it: nobody who exchanges a directory for a
 * link meanwhile leads them elsewhere. Names are addresses of bytes with NUL, so none is too strange, and however many
 * there are nothing gathers in memory.
 */
export class DirectoryCalls {
  readonly #libc: Libc;
  readonly #numbers: (typeof numbers)["x64"];
  readonly #facts = new FileFacts();
  readonly #how = new BigUint64Array(512);
  readonly #at: { facts: number; how: number };

  /** @throws Failure where the C library cannot be called */
  constructor() {
    const [libc, known] = [openLibc(), numbers[process.arch as keyof typeof numbers]];
    if (process.platform !== "linux" || libc === undefined || known === undefined) {
      throw new Failure("directories cannot be removed safely here: the C library cannot be called", {
        hint: "use the claude-ops that was built for this platform",
      });
    }
    this.#libc = libc;
    this.#numbers = known;
    this.#at = {
      facts: this.address(this.#facts.bytes),
      how: this.address(new Uint8Array(this.#how.buffer)),
    };
  }

  address(bytes: Uint8Array): number {
    return Number(this.#libc.address(bytes));
  }

  /** Opens the directory that a path leads to; undefined when it is none. Descriptors are the kernel's: `close` them. */
  openPath(path: string): number | undefined {
    const flags = constants.O_RDONLY | constants.O_DIRECTORY | O_CLOEXEC;
    const bytes = cString(path);
    const found = this.#libc.syscall(this.#numbers.openat, AT_FDCWD, this.address(bytes), flags, 0, 0);
    return found < 0 ? undefined : found;
  }

  close(directory: number): void {
    this.#libc.syscall(this.#numbers.close, directory, 0, 0, 0, 0);
  }

  /** Entries of an open directory from where it was last read to: their bytes, 0 at its end. */
  read(directory: number, into: number, size: number): number {
    return Math.max(0, this.#libc.syscall(this.#numbers.getdents64, directory, into, size, 0, 0));
  }

  /** Removes a name that is no directory's. */
  unlink(directory: number, name: number): boolean {
    return this.#libc.syscall(this.#numbers.unlinkat, directory, name, 0, 0, 0) === 0;
  }

  rmdir(directory: number, name: number): boolean {
    return this.#libc.syscall(this.#numbers.unlinkat, directory, name, AT_REMOVEDIR, 0, 0) === 0;
  }

  /** Over what is there with that name, unless it is a directory that is not empty. */
  rename(from: number, name: number, to: number, newName: number): boolean {
    return this.#libc.syscall(this.#numbers.renameat, from, name, to, newName, 0) === 0;
  }

  /** Undefined when it is gone; good until the next call. */
  facts(directory: number, name: number): FileFacts | undefined {
    const flags = AT_SYMLINK_NOFOLLOW | AT_STATX_DONT_SYNC;
    const failed = this.#libc.syscall(
      this.#numbers.statx,
      directory,
      name,
      flags,
      FileFacts.mask,
      this.#at.facts,
    );
    return failed ? undefined : this.#facts;
  }

  /**
   * Opens a directory in a directory; undefined when it is none (any more), a link, or another file system is mounted
   * there, also one that is mounted from the same disk.
   * @param readable false: only to be named, which needs no permission
   */
  open(directory: number, name: number, readable = true): number | undefined {
    const { O_RDONLY, O_NOATIME } = constants;
    if (!readable) return this.#open(directory, name, O_PATH);
    // That an owner has read it is noted nowhere: it would be one more thing to write. Others may not ask for that.
    return this.#open(directory, name, O_RDONLY | O_NOATIME) ?? this.#open(directory, name, O_RDONLY);
  }

  #open(directory: number, name: number, how: number): number | undefined {
    const flags = constants.O_DIRECTORY | constants.O_NOFOLLOW | O_CLOEXEC | how;
    this.#how.set([BigInt(flags), 0n, RESOLVE_NO_XDEV | RESOLVE_NO_SYMLINKS]);
    const found = this.#libc.syscall(OPENAT2, directory, name, this.#at.how, 24, 0);
    if (found >= 0) return found;
    if (this.#hasOpenat2()) return undefined;
    const opened = this.#libc.syscall(this.#numbers.openat, directory, name, flags, 0, 0);
    if (opened < 0 || mountOf(opened) === mountOf(directory)) return opened < 0 ? undefined : opened;
    this.close(opened);
    return undefined;
  }

  /** Asks the file system, where a listing does not tell. */
  isDirectory(directory: number, name: number): boolean {
    const opened = this.open(directory, name, false);
    if (opened !== undefined) this.close(opened);
    return opened !== undefined;
  }

  #known: boolean | undefined;
  /** Older kernels have none, and some containers forbid what they do not know. */
  #hasOpenat2(): boolean {
    if (this.#known !== undefined) return this.#known;
    this.#how.set([BigInt(constants.O_DIRECTORY | O_CLOEXEC), 0n, 0n]);
    const root = cString("/");
    const opened = this.#libc.syscall(OPENAT2, AT_FDCWD, this.address(root), this.#at.how, 24, 0);
    if (opened >= 0) this.close(opened);
    return this.#known = opened >= 0;
  }
}

function mountOf(descriptor: number): string | undefined {
  return /^mnt_id:\s*(\d+)/m.exec(readFileSync(`/proc/self/fdinfo/${descriptor}`, "latin1"))?.[1];
}
