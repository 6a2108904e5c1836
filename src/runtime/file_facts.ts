const [STATX_NLINK, STATX_INO, STATX_BLOCKS] = [0x4, 0x100, 0x400];
const STATX_ATTR_MOUNT_ROOT = 0x2000;

/** What statx(2) says of a file, read where the kernel puts it. */
export class FileFacts {
  /** What is asked for. */
  static readonly mask: number = STATX_NLINK | STATX_INO | STATX_BLOCKS;

  readonly bytes: Uint8Array = new Uint8Array(4096);
  readonly #view = new DataView(this.bytes.buffer);

  /** How many names it has. */
  get links(): number {
    return this.#view.getUint32(16, true);
  }

  get inode(): bigint {
    return this.#view.getBigUint64(32, true);
  }

  /** Bytes on disk. */
  get disk(): number {
    return this.#view.getUint32(48, true) * 512 + this.#view.getUint32(52, true) * 2 ** 41;
  }

  /** Another file system begins here; Linux tells since 5.8. */
  get isMount(): boolean {
    return (this.#view.getUint32(8, true) & STATX_ATTR_MOUNT_ROOT) !== 0;
  }
}
