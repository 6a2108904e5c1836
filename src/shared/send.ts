import { type Manifest, type Part, PARTS } from "./manifest.ts";
import type { Change } from "./receive.ts";
import type { Scan } from "./scan.ts";
import { packContents, packManifest } from "./wire.ts";

/** Runs `receive-shared` with these words, wherever that is; its last line comes back. */
export type Receiver = (
  words: string[],
  options: { stdin: AsyncIterable<Uint8Array>; onEvent: (event: Record<string, unknown>) => void },
) => Promise<Record<string, unknown>>;

export interface SendOptions {
  mirror: boolean;
  check: boolean;
  /** Told of each piece that goes over the wire: its bytes, and whether it is of files' contents. */
  onSent?: (bytes: number, content: boolean) => void;
}

/**
 * Sends what the other end lacks of a directory: first the list of all, then what of it is asked for.
 * @throws Failure of either end; each of the two parts is there whole or not at all then
 */
export async function send(scan: Scan, receiver: Receiver, options: SendOptions): Promise<Change[]> {
  const changes: Change[] = [];
  for (const part of Object.keys(PARTS) as Part[]) {
    const manifest = only(scan.manifest, part);
    if (manifest.tops.length > 0) {
      changes.push(...await sendPart({ ...scan, manifest }, part, receiver, options));
    }
  }
  return changes;
}

function only({ tops, entries, ...rest }: Manifest, part: Part): Manifest {
  const names: readonly string[] = PARTS[part];
  const belongs = (path: string) => names.includes(path.split("/", 1)[0]!);
  return { ...rest, tops: tops.filter(belongs), entries: entries.filter(({ path }) => belongs(path)) };
}

async function sendPart(scan: Scan, part: Part, receiver: Receiver, options: SendOptions): Promise<Change[]> {
  const asked = Promise.withResolvers<number[] | undefined>();
  async function* stdin() {
    const list = packManifest(scan.manifest);
    options.onSent?.(list.length, false);
    yield list;
    // Where the other end is done without asking, or has failed, there is nobody to send to.
    const numbers = await asked.promise;
    if (numbers === undefined) return;
    const files = numbers.map((number) => scan.manifest.entries[number]).filter((entry) =>
      entry?.type === "file"
    );
    for await (const chunk of packContents(scan, files)) {
      options.onSent?.(chunk.length, true);
      yield chunk;
    }
  }
  const words = [part, ...(options.mirror ? ["--mirror"] : []), ...(options.check ? ["--check"] : [])];
  const onEvent = ({ lacks, changes, error }: Record<string, unknown>) => {
    if (Array.isArray(lacks)) asked.resolve(lacks);
    if (changes !== undefined || error !== undefined) asked.resolve(undefined);
  };
  const said = await receiver(words, { stdin: stdin(), onEvent }).finally(() => asked.resolve(undefined));
  return said.changes as Change[];
}
