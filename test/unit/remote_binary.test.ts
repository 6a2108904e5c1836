import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { beforeEach, expect, test } from "vitest";
import { binaryFor } from "../../src/remote/binary.ts";
import { compressed } from "../../src/remote/compress.ts";
import { platformOf } from "../../src/remote/elf.ts";
import { scratch } from "./scratch.ts";

let directory: string;
beforeEach(() => void (directory = scratch()));

/** The head of an executable as elf(5) lays it out: 64 bit, little endian, one program header that names a loader. */
function elf(name: string, machine: number, loader?: string): string {
  const head = Buffer.alloc(256);
  head.write("\x7fELF\x02\x01", 0, "latin1");
  head.writeUInt16LE(machine, 18);
  head.writeBigUInt64LE(64n, 32);
  head.writeUInt16LE(56, 54);
  head.writeUInt16LE(loader === undefined ? 0 : 1, 56);
  head.writeUInt32LE(3, 64);
  head.writeBigUInt64LE(160n, 72);
  head.write(loader ?? "", 160);
  writeFileSync(join(directory, name), head);
  return join(directory, name);
}
const GLIBC = "/lib64/ld-linux-x86-64.so.2", MUSL = "/lib/ld-musl-x86_64.so.1";

test("a real program of this machine is recognized", async () => {
  const words = execFileSync("grep", ["-aoE", "GLIBC_[0-9.]+", "/bin/sh"], { encoding: "utf8" }).split("\n");
  const newest = execFileSync("sort", ["-Vu"], { input: words.join("\n"), encoding: "utf8" }).trim().split(
    "\n",
  );
  expect(await platformOf("/bin/sh")).toEqual({
    arch: process.arch,
    libc: "glibc",
    glibc: newest.at(-1)!.slice("GLIBC_".length),
  });
  expect(await platformOf(elf("musl", 0x3e, MUSL))).toEqual({ arch: "x64", libc: "musl" });
  expect(await platformOf(elf("arm", 0xb7))).toEqual({ arch: "arm64", libc: "static" });
  for (const text of ["", "#!/bin/sh\n", "\x7fELF", "x".repeat(5000)]) {
    writeFileSync(join(directory, "other"), text);
    expect(await platformOf(join(directory, "other"))).toBeUndefined();
  }
});

test("the program that fits architecture and libc is chosen, and described", async () => {
  const paths = [
    elf("claude-ops-linux-x64", 0x3e, GLIBC),
    elf("claude-ops-linux-x64-musl", 0x3e, MUSL),
    elf("claude-ops-linux-arm64", 0xb7, GLIBC),
  ];
  const places = [directory];
  expect((await binaryFor({ arch: "x64", libc: "glibc" }, { places })).path).toBe(paths[0]);
  expect((await binaryFor({ arch: "x64", libc: "musl" }, { places })).path).toBe(paths[1]);
  const sha256 = createHash("sha256").update(readFileSync(paths[2]!)).digest("hex");
  expect(await binaryFor({ arch: "arm64", libc: "glibc" }, { places })).toEqual({
    path: paths[2],
    sha256,
    size: 256,
  });
});

test("the program of this machine serves where it fits, and one with a wrong name or content never does", async () => {
  const own = elf("claude-ops", 0x3e, GLIBC);
  elf("claude-ops-linux-arm64", 0x3e, GLIBC);
  const places = [directory];
  expect((await binaryFor({ arch: "x64", libc: "glibc" }, { places })).path).toBe(own);
  for (const facts of [{ arch: "arm64", libc: "glibc" }, { arch: "x64", libc: "musl" }] as const) {
    await expect(binaryFor(facts, { places })).rejects.toMatchObject({
      code: "no-binary",
      hint: expect.stringContaining("scripts/build --all"),
    });
  }
});

test("a host that cannot run it is told apart by what its libc is", async () => {
  const file = "/bin/sh";
  const { glibc } = (await platformOf(file))!;
  const on = (version: string) => binaryFor({ arch: "x64", libc: "glibc", glibcVersion: version }, { file });
  expect((await on(glibc!)).path).toBe(file);
  expect((await on("2.100")).path).toBe(file);
  for (const version of ["2.3", "2.5.90", "1.9"]) {
    await expect(on(version)).rejects.toMatchObject({
      code: "old-glibc",
      message: `claude-ops needs glibc ${glibc} or newer, and the host has ${version}`,
    });
  }
  const nothing = { arch: "x64", libc: "unknown" } as const;
  await expect(binaryFor(nothing, { places: [directory] })).rejects.toMatchObject({ code: "no-libc" });
  await expect(binaryFor(nothing, { file })).rejects.toMatchObject({ code: "no-binary" });
  const all = elf("static", 0x3e);
  expect((await binaryFor(nothing, { file: all })).path).toBe(all);
});

test("--binary is taken if it fits, and refused before anything is sent if not", async () => {
  const file = elf("mine", 0x3e, GLIBC);
  expect((await binaryFor({ arch: "x64", libc: "glibc" }, { file })).path).toBe(file);
  await expect(binaryFor({ arch: "arm64", libc: "glibc" }, { file })).rejects.toThrow(
    /not a program for Linux on arm64/,
  );
  await expect(binaryFor({ arch: "x64", libc: "glibc" }, { file: join(directory, "no") })).rejects.toThrow(
    /cannot read/,
  );
  await expect(binaryFor({ arch: "x64", libc: "glibc" }, { file: directory })).rejects.toThrow(/cannot read/);
});

test("a compressed copy is made once, also for many hosts at a time, and old ones go", async () => {
  const source = join(directory, "source");
  writeFileSync(source, "content ".repeat(100_000));
  const env = { XDG_CACHE_HOME: join(directory, "cache") };
  const copies = await Promise.all([1, 2, 3].map(() => compressed(source, "aa", "gz", env)));
  expect(new Set(copies)).toEqual(new Set([join(directory, "cache/claude-ops/upload/aa.gz")]));
  expect(gunzipSync(readFileSync(copies[0]!)).equals(readFileSync(source))).toBe(true);
  utimesSync(copies[0]!, 0, 0);
  expect(await compressed("/none", "aa", "gz", env)).toBe(copies[0]);
  utimesSync(copies[0]!, 0, 0);
  await compressed(source, "bb", "zst", env);
  expect(readdirSync(join(directory, "cache/claude-ops/upload"))).toEqual(["bb.zst"]);
  await expect(compressed("/none", "cc", "gz", env)).rejects.toThrow();
  expect(readdirSync(join(directory, "cache/claude-ops/upload"))).toEqual(["bb.zst"]);
});
