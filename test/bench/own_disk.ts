import { execFileSync, spawnSync } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, statfsSync, statSync } from "node:fs";
import { join } from "node:path";

/** What was read from and written to a disk: how often, and bytes. */
export interface Traffic {
  reads: number;
  read: number;
  writes: number;
  written: number;
}

/**
 * Goes on in a name space for mounts of its own, as root: they end with this process, however it ends, and nobody else
 * has them too.
 */
export function withOwnMounts(): void {
  const own = "BENCH_OWN_MOUNTS";
  if (process.env[own]) return;
  const { status } = spawnSync("unshare", ["--mount", process.execPath, ...process.argv.slice(1)], {
    stdio: "inherit",
    env: { ...process.env, [own]: "1" },
  });
  process.exit(status ?? 1);
}

/**
 * A disk with ext4 that is filled once; every use gets a copy of its own, which nothing has been read of yet. Nothing else
 * works on it, and its files have no names any more, so that nothing is left of them.
 */
export class OwnDisk {
  readonly place: string;
  readonly #master: string;
  readonly #copies: string;
  readonly #descriptor: number;

  /** @throws Error when there is no room for it and a copy, if that is as full as half its size */
  constructor(directory: string, bytes: number, fill: (place: string) => void) {
    const { bavail, bsize } = statfsSync(directory);
    if (bavail * bsize < bytes * 1.2) {
      throw new Error(`${directory} has no room for ${Math.ceil(bytes * 1.2 / 1e6)} MB`);
    }
    const image = join(directory, "master");
    [this.place, this.#copies] = [join(directory, "disk"), join(directory, "copy")];
    mkdirSync(this.place);
    try {
      execFileSync("truncate", ["--size", String(bytes), image]);
      const options = "lazy_itable_init=0,lazy_journal_init=0,nodiscard";
      execFileSync("mkfs.ext4", ["-q", "-F", "-b", "4096", "-i", "8192", "-E", options, image]);
      this.#mounted(image, () => fill(this.place));
      this.#descriptor = openSync(image, "r");
    } finally {
      rmSync(image, { force: true });
    }
    this.#master = `/proc/${process.pid}/fd/${this.#descriptor}`;
  }

  /** @param work gets what tells the traffic so far, once all is on the disk */
  use<T>(work: (traffic: () => Traffic) => T): T {
    execFileSync("cp", ["--sparse=always", this.#master, this.#copies]);
    return this.#mounted(this.#copies, () => work(() => this.#traffic()));
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  #mounted<T>(image: string, work: () => T): T {
    execFileSync("mount", ["-o", "loop", image, this.place]);
    if (image === this.#copies) rmSync(image);
    try {
      const result = work();
      execFileSync("sync", ["-f", this.place]);
      return result;
    } finally {
      execFileSync("umount", [this.place]);
    }
  }

  #traffic(): Traffic {
    execFileSync("sync", ["-f", this.place]);
    const device = statSync(this.place).dev;
    // Linux Documentation/admin-guide/iostats: reads, merged, sectors, ms, writes, merged, sectors; 512 bytes each.
    const path = `/sys/dev/block/${device >> 8}:${device & 255}/stat`;
    const [reads, , read, , writes, , written] = readFileSync(path, "utf8").trim().split(/\s+/).map(Number);
    return { reads: reads!, read: read! * 512, writes: writes!, written: written! * 512 };
  }
}
