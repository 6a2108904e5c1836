import type { HostFacts } from "./probe.ts";

/** A form in which a file goes over the wire. */
export interface WireFormat {
  /** Stands in the names of copies, here and on the host. */
  name: "zst" | "deb" | "gz" | "plain";
  /** How it is compressed here; undefined for as it is. */
  compression: "zst" | "gz" | undefined;
  /** Shell words that write the content of `$t` to `$u`. */
  unpack: string;
  /** What goes before and after the compressed content, of which the size is given. */
  frame(size: number): { head: Buffer; tail: Buffer };
}

const bare = () => ({ head: Buffer.alloc(0), tail: Buffer.alloc(0) });

export const PLAIN: WireFormat = {
  name: "plain",
  compression: undefined,
  unpack: "mv -f $t $u",
  frame: bare,
};
const GZIP: WireFormat = { name: "gz", compression: "gz", unpack: "gzip -dc < $t > $u", frame: bare };
const ZSTD: WireFormat = { name: "zst", compression: "zst", unpack: "zstd -dcq < $t > $u", frame: bare };

/**
 * zstd for hosts that have only dpkg-deb: Debian 12 comes without a program `zstd`, but its dpkg-deb can read it and
 * writes out the data part of any package. So the file goes as that part of a package without anything else (deb(5)).
 */
const DEB: WireFormat = {
  name: "deb",
  compression: "zst",
  unpack: "dpkg-deb --fsys-tarfile $t > $u",
  frame: (size) => ({
    head: Buffer.from(
      `!<arch>\n${member("debian-binary", 4)}2.0\n${member("control.tar", 0)}${member("data.tar.zst", size)}`,
    ),
    tail: Buffer.from(size % 2 === 0 ? "" : "\n"),
  }),
};

/** A header of ar(5): name, time, owner, group, mode and size in fields of fixed width. */
function member(name: string, size: number): string {
  const fields = [[name, 16], ["0", 12], ["0", 6], ["0", 6], ["100644", 8], [String(size), 10]] as const;
  return `${fields.map(([text, width]) => text.padEnd(width)).join("")}\`\n`;
}

/** The form with the fewest bytes that the host can read. */
export function wireFormat(facts: Pick<HostFacts, "gzip" | "zstd" | "dpkg">): WireFormat {
  if (facts.zstd) return ZSTD;
  if (facts.dpkg !== undefined && readsZstd(facts.dpkg)) return DEB;
  return facts.gzip ? GZIP : PLAIN;
}

/** Since dpkg 1.21.18 (Debian 12); Ubuntu's dpkg reads it since 1.19.0.5ubuntu2, but does not say so by its number. */
function readsZstd(version: string): boolean {
  const [major = 0, minor = 0, patch = 0] = version.split(".").map(Number);
  return major > 1 || major === 1 && (minor > 21 || minor === 21 && patch >= 18);
}
