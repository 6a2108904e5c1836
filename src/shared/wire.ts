import { readFileSync } from "node:fs";
import { Readable } from "node:stream";
import {
  constants,
  createZstdCompress,
  createZstdDecompress,
  zstdCompressSync,
  zstdDecompressSync,
} from "node:zlib";
import { Failure } from "../errors.ts";
import { LIMITS } from "./manifest.ts";
import type { Scan } from "./scan.ts";

/** Level 3 keeps up with any network that is worth compressing for. */
const params = { [constants.ZSTD_c_compressionLevel]: 3, [constants.ZSTD_c_checksumFlag]: 1 };

/** A list as it goes over the wire: its length in a line, then JSON in zstd. */
export function packList(list: object): Buffer {
  const packed = zstdCompressSync(Buffer.from(JSON.stringify(list)), { params });
  return Buffer.concat([Buffer.from(`${packed.length}\n`), packed]);
}

/** The contents of files one behind the other, in zstd; which and how long they are both ends know from the manifest. */
export async function* packContents({ directory }: Scan, files: readonly { path: string; size: number }[]) {
  function* contents() {
    for (const { path, size } of files) {
      const content = readFileSync(`${directory}/${path}`);
      if (content.length !== size) throw changedMeanwhile(path);
      yield content;
    }
  }
  const compress = createZstdCompress({ chunkSize: 1 << 17, params });
  const source = Readable.from(contents(), { objectMode: true });
  source.on("error", (error) => compress.destroy(error));
  for await (const chunk of source.pipe(compress)) yield chunk as Buffer;
}

/** Bytes as they come, cut as they are wanted. */
export class Input {
  readonly #source: AsyncIterator<Uint8Array>;
  #rest: Uint8Array = new Uint8Array();

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** Up to so many bytes, at least one. @throws {Failure} `cut-short` */
  async some(most: number): Promise<Uint8Array> {
    while (this.#rest.length === 0) {
      const { done, value } = await this.#source.next();
      if (done) {
        throw new Failure("what was sent to be shared ends too soon", {
          hint: "nothing was changed: run the same command again",
          code: "cut-short",
        });
      }
      this.#rest = value;
    }
    const taken = this.#rest.subarray(0, most);
    this.#rest = this.#rest.subarray(taken.length);
    return taken;
  }

  async exactly(count: number): Promise<Buffer> {
    const parts: Uint8Array[] = [];
    for (let left = count; left > 0;) {
      const part = await this.some(left);
      parts.push(part);
      left -= part.length;
    }
    return Buffer.concat(parts);
  }

  /** A list that is not checked yet. */
  async list(): Promise<unknown> {
    let digits = "";
    for (let byte; (byte = String.fromCharCode((await this.some(1))[0]!)) !== "\n";) {
      if (!/\d/.test(byte) || digits.length > 8) throw unreadable();
      digits += byte;
    }
    if (Number(digits) > LIMITS.manifest) throw unreadable();
    const packed = await this.exactly(Number(digits));
    try {
      return JSON.parse(zstdDecompressSync(packed, { maxOutputLength: LIMITS.manifest }).toString("utf8"));
    } catch (error) {
      throw unreadable(error);
    }
  }

  /** What comes after the lists, unpacked. */
  contents(): Input {
    const rest = this.#rest;
    const source = this.#source;
    async function* packed() {
      if (rest.length > 0) yield rest;
      for (let next; !(next = await source.next()).done;) yield next.value;
    }
    const unpack = createZstdDecompress({ chunkSize: 1 << 17 });
    const readable = Readable.from(packed(), { objectMode: true });
    readable.on("error", (error) => unpack.destroy(error));
    return new Input(explained(readable.pipe(unpack)));
  }
}

async function* explained(source: AsyncIterable<Uint8Array>) {
  try {
    yield* source;
  } catch (error) {
    throw unreadable(error);
  }
}

function unreadable(cause?: unknown): Failure {
  return new Failure("what was sent to be shared cannot be read", {
    hint: "nothing was changed: run the same command again",
    code: "cut-short",
    cause,
  });
}

function changedMeanwhile(path: string): Failure {
  return new Failure(`${path} was changed while it was sent`, { hint: "run the same command again" });
}
