import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Wire } from "../../src/remote/wire.ts";
import { wireFormat } from "../../src/remote/wire_format.ts";
import { scratch } from "./scratch.ts";

const none = { gzip: false, zstd: false };

test.each([
  ["plain", none],
  ["gz", { ...none, gzip: true, dpkg: "1.20.13" }],
  ["gz", { ...none, gzip: true, dpkg: "1.21.17" }],
  ["deb", { ...none, gzip: true, dpkg: "1.21.18" }],
  ["deb", { ...none, dpkg: "1.22.6ubuntu6" }],
  ["zst", { gzip: true, zstd: true, dpkg: "1.21.22" }],
])("what a host can read decides: %s", (name, tools) => expect(wireFormat(tools).name).toBe(name));

test.each([none, { ...none, gzip: true }, { ...none, zstd: true }, { ...none, dpkg: "1.22" }])(
  "each part of what goes over the wire is what the whole has there, and the tools make the file of it (%o)",
  async (tools) => {
    const dir = scratch();
    process.env.XDG_CACHE_HOME = dir;
    for (const size of [0, 1, 4095, 100_000, 100_001]) {
      const source = join(dir, `source-${size}`);
      const content = Buffer.from(Array.from({ length: size }, (_, at) => at * at % 251));
      writeFileSync(source, content);
      const format = wireFormat(tools);
      const wire = await Wire.of(source, createHash("sha256").update(content).digest("hex"), format);
      const whole = Buffer.concat(await Array.fromAsync(wire.bytes(0)));
      expect(whole.length).toBe(wire.size);
      const cuts = [1, 60, 67, 68, 130, 200, wire.size - 1, wire.size].filter((cut) =>
        cut >= 0 && cut <= wire.size
      );
      for (const cut of cuts) {
        const rest = Buffer.concat(await Array.fromAsync(wire.bytes(cut)));
        expect([size, cut, rest.equals(whole.subarray(cut))]).toEqual([size, cut, true]);
        expect(await wire.hashOf(cut)).toBe(
          createHash("sha256").update(whole.subarray(0, cut)).digest("hex"),
        );
      }
      const [t, u] = [join(dir, "t"), join(dir, "u")];
      writeFileSync(t, whole);
      const unpacked = spawnSync("sh", ["-c", `t=${t} u=${u}; ${format.unpack}; cat $u`]);
      expect([size, unpacked.stderr.toString(), unpacked.stdout.equals(content)]).toEqual([size, "", true]);
    }
  },
);
