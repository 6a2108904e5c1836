import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { compressed } from "./compress.ts";
import type { WireFormat } from "./wire_format.ts";

/** A file in the form in which it goes over the wire. */
export class Wire {
  private constructor(
    readonly size: number,
    readonly file: string,
    readonly head: Buffer,
    readonly tail: Buffer,
  ) {}

  /** @param sha256 of the file's content */
  static async of(source: string, sha256: string, format: WireFormat): Promise<Wire> {
    const { compression } = format;
    const file = compression === undefined ? source : await compressed(source, sha256, compression);
    const { size } = await stat(file);
    const { head, tail } = format.frame(size);
    return new Wire(head.length + size + tail.length, file, head, tail);
  }

  /** The bytes from one place up to another. */
  async *bytes(from: number, to = this.size): AsyncGenerator<Buffer> {
    const ofFile = (place: number) => place - this.head.length;
    const end = this.size - this.tail.length;
    if (from < this.head.length) yield this.head.subarray(from, to);
    const [start, stop] = [Math.max(0, ofFile(from)), ofFile(Math.min(to, end))];
    if (start < stop) {
      const file = createReadStream(this.file, { start, end: stop - 1, highWaterMark: 1 << 18 });
      for await (const chunk of file) yield chunk as Buffer;
    }
    if (to > end) yield this.tail.subarray(Math.max(0, from - end), to - end);
  }

  /** SHA-256 of the first bytes, in hex. */
  async hashOf(count: number): Promise<string> {
    const hash = createHash("sha256");
    for await (const chunk of this.bytes(0, count)) hash.update(chunk);
    return hash.digest("hex");
  }
}
