import type { IncomingMessage } from "node:http";
import { setTimeout } from "node:timers/promises";
import { Failure } from "../errors.ts";
import { explain, unreachable } from "./registry_errors.ts";

export interface Answer {
  /** Ends with a Failure when nothing comes for too long, or too little came. */
  body: AsyncIterable<Uint8Array>;
  /** What the registry says the body's size is. */
  bytes: number | undefined;
  /** For an answer that nobody wants to read. */
  discard(): void;
}

/** `idleMs`: how long the body may stall. */
export function answerOf(message: IncomingMessage, url: URL, idleMs: number): Answer {
  const length = Number(message.headers["content-length"]);
  const bytes = Number.isSafeInteger(length) && length >= 0 ? length : undefined;
  // Nobody may be listening yet, or any more, when the connection breaks; the reader is told by the iterator.
  message.on("error", () => {});
  return { bytes, body: bodyOf(message, url, idleMs, bytes), discard: () => void message.destroy() };
}

async function* bodyOf(
  message: IncomingMessage,
  url: URL,
  idleMs: number,
  bytes?: number,
): AsyncGenerator<Uint8Array> {
  const chunks: AsyncIterator<Uint8Array> = message[Symbol.asyncIterator]();
  let received = 0;
  try {
    for (;;) {
      // Only the time in which we wait counts, so a slow disk is not taken for a stalled registry.
      const next = await within(idleMs, chunks.next(), url);
      if (next.done) break;
      received += next.value.length;
      yield next.value;
    }
  } catch (error) {
    throw error instanceof Failure ? error : explain(error as Error, url);
  } finally {
    message.destroy();
  }
  if (bytes !== undefined && received !== bytes) throw unreachable(url, "ended its answer too early");
}

async function within<T>(ms: number, promise: Promise<T>, url: URL): Promise<T> {
  const stop = new AbortController();
  const late = setTimeout(ms, undefined, { signal: stop.signal }).then(() => {
    throw unreachable(url, `sent nothing for ${ms / 1000} s`);
  });
  late.catch(() => {});
  try {
    return await Promise.race([promise, late]);
  } finally {
    stop.abort();
  }
}
