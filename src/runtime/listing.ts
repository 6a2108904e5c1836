import type { DirectoryCalls } from "./directory_calls.ts";

const [DT_UNKNOWN, DT_DIR] = [0, 4];
/** The longest that an entry can be: a name of 255 bytes, and what the kernel puts around it. */
const longest = 280;

/** Goes through an open directory, a bufferful at a time; `.` and `..` are left out. */
export class Listing {
  readonly #bytes = new Uint8Array(1 << 15);
  readonly #base: number;
  #directory = -1;
  #length = 0;
  #next = 0;
  /** The entry's name with NUL: its address, which holds until the next bufferful. */
  name = 0;
  isDirectory = false;

  constructor(readonly calls: DirectoryCalls) {
    this.#base = calls.address(this.#bytes);
  }

  /** Reads on; false at the end. */
  fill(directory: number): boolean {
    [this.#directory, this.#next] = [directory, 0];
    this.#length = this.calls.read(directory, this.#base, this.#bytes.length);
    return this.#length > 0;
  }

  /** There was room for more, so it seems to have been all. Not every file system fills the buffer: `fill` is sure. */
  get seemsAll(): boolean {
    return this.#length + longest < this.#bytes.length;
  }

  /** The next entry of this bufferful; false when there is none. */
  next(): boolean {
    const bytes = this.#bytes;
    while (this.#next < this.#length) {
      // struct linux_dirent64: d_ino, d_off, d_reclen, d_type, d_name
      const at = this.#next;
      this.#next += bytes[at + 16]! | (bytes[at + 17]! << 8);
      if (
        bytes[at + 19] === 46 && (bytes[at + 20] === 0 || (bytes[at + 20] === 46 && bytes[at + 21] === 0))
      ) continue;
      this.name = this.#base + at + 19;
      const type = bytes[at + 18];
      this.isDirectory = type === DT_DIR ||
        (type === DT_UNKNOWN && this.calls.isDirectory(this.#directory, this.name));
      return true;
    }
    return false;
  }

  /** The name of this entry for people. */
  get text(): string {
    const begin = this.name - this.#base;
    return new TextDecoder().decode(this.#bytes.subarray(begin, this.#bytes.indexOf(0, begin)));
  }
}
