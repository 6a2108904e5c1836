import { closeSync, constants, openSync } from "node:fs";
import { errno } from "../errors.ts";

const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW } = constants;

/**
 * An open directory. `path` names that very directory, wherever its name leads by now, and names of what is in it can be
 * put behind: of those, only the last step is looked up in a place that others may change.
 */
export class OpenDirectory {
  private constructor(readonly descriptor: number) {}

  /** Undefined where there is none, or a link. */
  static at(path: string): OpenDirectory | undefined {
    try {
      return new OpenDirectory(openSync(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
    } catch (error) {
      if (["ENOENT", "ENOTDIR", "ELOOP"].includes(errno(error) ?? "")) return undefined;
      throw error;
    }
  }

  get path(): string {
    return `/proc/self/fd/${this.descriptor}`;
  }

  /** A directory in this one; undefined where there is none, or a link. */
  open(name: string): OpenDirectory | undefined {
    return OpenDirectory.at(`${this.path}/${name}`);
  }

  close(): void {
    closeSync(this.descriptor);
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
