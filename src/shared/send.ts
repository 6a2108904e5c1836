import { type Manifest, type Part, PARTS } from "./manifest.ts";
import { outlineOf } from "./outline.ts";
import type { Change } from "./receive.ts";
import type { Scan } from "./scan.ts";
import { packContents, packList } from "./wire.ts";

/** Runs `receive-shared` with these words, wherever that is; its last line comes back. */
export type Receiver = (
  words: string[],
  options: { stdin: AsyncIterable<Uint8Array>; onEvent: (event: Record<string, unknown>) => void },
) => Promise<Record<string, unknown>>;

/** Places in a list; undefined where nothing is asked for any more. */
type Numbers = number[] | undefined;

export interface SendOptions {
  mirror: boolean;
  check: boolean;
  /** Told of each piece that goes over the wire: its bytes, and whether it is of files' contents. */
  onSent?: (bytes: number, content: boolean) => void;
}

/**
 * Sends what the other end lacks of a directory: first the outline, then what the units that differ there hold, then what is
 * lacking of their files.
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

function only({ tops, entries }: Manifest, part: Part): Manifest {
  const names: readonly string[] = PARTS[part];
  const belongs = (path: string) => names.includes(path.split("/", 1)[0]!);
  return { tops: tops.filter(belongs), entries: entries.filter(({ path }) => belongs(path)) };
}

async function sendPart(scan: Scan, part: Part, receiver: Receiver, options: SendOptions): Promise<Change[]> {
  const { outline, units } = outlineOf(scan.manifest);
  const [wanted, lacking] = [Promise.withResolvers<Numbers>(), Promise.withResolvers<Numbers>()];
  async function* stdin() {
    const list = (content: object) => {
      const packed = packList(content);
      options.onSent?.(packed.length, false);
      return packed;
    };
    yield list(outline);
    // Where the other end is done without asking, or has failed, there is nobody to send to.
    const differ = await wanted.promise;
    if (differ === undefined) return;
    const entries = differ.flatMap((number) => units[number] ?? []);
    yield list(entries);
    const lacks = await lacking.promise;
    if (lacks === undefined) return;
    const files = lacks.map((number) => entries[number]).filter((entry) => entry?.type === "file");
    for await (const chunk of packContents(scan, files)) {
      options.onSent?.(chunk.length, true);
      yield chunk;
    }
  }
  const done = () => {
    wanted.resolve(undefined);
    lacking.resolve(undefined);
  };
  const words = [part, ...(options.mirror ? ["--mirror"] : []), ...(options.check ? ["--check"] : [])];
  const onEvent = ({ differ, lacks, changes, error }: Record<string, unknown>) => {
    if (Array.isArray(differ)) wanted.resolve(differ);
    if (Array.isArray(lacks)) lacking.resolve(lacks);
    if (changes !== undefined || error !== undefined) done();
  };
  const said = await receiver(words, { stdin: stdin(), onEvent }).finally(done);
  return said.changes as Change[];
}
