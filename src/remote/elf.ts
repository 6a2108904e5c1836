import { type FileHandle, open } from "node:fs/promises";

/** What an executable was built for. */
export interface Platform {
  arch: "x64" | "arm64";
  libc: "glibc" | "musl" | "static";
  /** The oldest glibc that has all that it calls, as `2.17`. */
  glibc?: string;
}

// elf(5): e_machine, p_type and d_tag.
const MACHINES: Record<number, Platform["arch"]> = { 0x3e: "x64", 0xb7: "arm64" };
const PT = { load: 1, dynamic: 2, interpreter: 3 };
const DT = { strings: 5, stringsSize: 10, versions: 0x6ffffffe };
/** More than any table that is read has. */
const MOST = 1 << 20;

interface Segment {
  type: number;
  offset: number;
  address: number;
  size: number;
}

/** Reads it from the file's own header; undefined for what is no Linux executable for a processor that we know. */
export async function platformOf(path: string): Promise<Platform | undefined> {
  const file = await open(path);
  try {
    const header = await part(file, 0, 64);
    const arch = header.length === 64 ? MACHINES[header.readUInt16LE(18)] : undefined;
    const is64BitLittleEndian = header[4] === 2 && header[5] === 1;
    if (header.toString("latin1", 0, 4) !== "\x7fELF" || !is64BitLittleEndian || !arch) return undefined;
    const segments = await readSegments(file, header);
    const interpreter = segments.find(({ type }) => type === PT.interpreter);
    if (interpreter === undefined) return { arch, libc: "static" };
    const loader = (await part(file, interpreter.offset, 256)).toString("latin1");
    if (loader.includes("musl")) return { arch, libc: "musl" };
    const glibc = newest(await wantedVersions(file, segments));
    return { arch, libc: "glibc", ...(glibc ? { glibc } : {}) };
  } finally {
    await file.close();
  }
}

async function part(file: FileHandle, offset: number, size: number): Promise<Buffer> {
  const bytes = Buffer.alloc(Math.min(size, MOST));
  const { bytesRead } = await file.read(bytes, 0, bytes.length, offset);
  return bytes.subarray(0, bytesRead);
}

const long = (bytes: Buffer, at: number) => Number(bytes.readBigUInt64LE(at));

async function readSegments(file: FileHandle, header: Buffer): Promise<Segment[]> {
  const [size, count] = [header.readUInt16LE(54), header.readUInt16LE(56)];
  const table = await part(file, long(header, 32), size * count);
  return entries(table, size, 56).map((entry) => ({
    type: entry.readUInt32LE(0),
    offset: long(entry, 8),
    address: long(entry, 16),
    size: long(entry, 32),
  }));
}

function entries(table: Buffer, size: number, least: number): Buffer[] {
  if (size < least) return [];
  return Array.from({ length: Math.floor(table.length / size) }, (_, i) => table.subarray(i * size));
}

/** The names of the versions of its libraries' functions (Elf64_Verneed, Elf64_Vernaux), such as `GLIBC_2.17`. */
async function wantedVersions(file: FileHandle, segments: Segment[]): Promise<string[]> {
  const dynamic = segments.find(({ type }) => type === PT.dynamic);
  if (dynamic === undefined) return [];
  const tags = new Map(
    entries(await part(file, dynamic.offset, dynamic.size), 16, 16)
      .map((entry) => [long(entry, 0), long(entry, 8)]),
  );
  const at = (tag: number) => offsetOf(segments, tags.get(tag));
  const [names, table] = [at(DT.strings), at(DT.versions)];
  if (names === undefined || table === undefined) return [];
  const text = await part(file, names, tags.get(DT.stringsSize) ?? 0);
  const versions = await part(file, table, 1 << 16);
  const found: string[] = [];
  for (const library of chain(versions, 0, 12)) {
    for (const version of chain(versions, library + versions.readUInt32LE(library + 8), 12)) {
      found.push(text.toString("latin1", versions.readUInt32LE(version + 8)).split("\0", 1)[0]!);
    }
  }
  return found;
}

/** Places in a list whose records have 16 bytes and say how far the next one is. */
function* chain(bytes: Buffer, first: number, next: number): Generator<number> {
  for (let at = first, step = 1; step > 0 && at + 16 <= bytes.length; at += step) {
    yield at;
    step = bytes.readUInt32LE(at + next);
  }
}

/** Where in the file the bytes of an address are. */
function offsetOf(segments: Segment[], address: number | undefined): number | undefined {
  if (address === undefined) return undefined;
  const holder = segments.find((one) =>
    one.type === PT.load && one.address <= address && address < one.address + one.size
  );
  return holder && address - holder.address + holder.offset;
}

function newest(versions: readonly string[]): string | undefined {
  const numbers = versions.flatMap((version) => /^GLIBC_([\d.]+)$/.exec(version)?.[1] ?? []);
  return numbers.sort(compareVersions).at(-1);
}

/** Of numbers with dots: negative where the first is older. */
export function compareVersions(a: string, b: string): number {
  return a.localeCompare(b, "en", { numeric: true });
}
