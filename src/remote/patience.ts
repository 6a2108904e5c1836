import { Failure } from "../errors.ts";

/**
 * How much a host may say where a few lines are expected. A profile that writes without end would otherwise fill our
 * memory, and its host would never be done with.
 */
export class Patience {
  #left: number;

  /** @param bytes of nothing but noise */
  constructor(private readonly bytes: number = 1 << 20) {
    this.#left = bytes;
  }

  /** @throws {Failure} `endless` once it was too much */
  hear(bytes: number): void {
    if ((this.#left -= bytes) >= 0) return;
    throw new Failure(
      `the host writes without end: more than ${this.bytes >> 20} MiB where a few lines were expected`,
      {
        hint: "does a profile of that user write something (ssh HOST true)?",
        code: "endless",
      },
    );
  }
}
