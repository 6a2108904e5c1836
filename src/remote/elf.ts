import { open } from "node:fs/promises";

/** What an executable was built for. */
export interface Platform {
  arch: "x64" | "arm64";
  libc: "glibc" | "musl" | "static";
}

// elf(5): e_machine, and the program header that names the loader.
const MACHINES: Record<number, Platform["arch"]> = { 0x3e: "x64", 0xb7: "arm64" };
const PT_INTERP = 3;

/** Reads it from the file's own header; undefined for what is no Linux executable for a processor that we know. */
export async function platformOf(path: string): Promise<Platform | undefined> {
  const file = await open(path);
  try {
    const header = Buffer.alloc(4096);
    const { bytesRead } = await file.read(header, 0, header.length, 0);
    const arch = MACHINES[header.readUInt16LE(18)];
    const is64BitLittleEndian = header[4] === 2 && header[5] === 1;
    if (bytesRead < 64 || header.toString("latin1", 0, 4) !== "\x7fELF" || !is64BitLittleEndian || !arch) {
      return undefined;
    }
    const table = Number(header.readBigUInt64LE(32));
    const [size, count] = [header.readUInt16LE(54), header.readUInt16LE(56)];
    for (let i = 0; i < count && table + (i + 1) * size <= bytesRead; i++) {
      const entry = table + i * size;
      if (header.readUInt32LE(entry) !== PT_INTERP) continue;
      const loader = Buffer.alloc(256);
      await file.read(loader, 0, 256, Number(header.readBigUInt64LE(entry + 8)));
      return { arch, libc: loader.toString("latin1").includes("musl") ? "musl" : "glibc" };
    }
    return { arch, libc: "static" };
  } finally {
    await file.close();
  }
}
