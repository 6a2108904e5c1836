import { namesIn } from "./files.ts";
/** What a native program must fit, in Node's words. */
export interface Platform {
  os: string;
  arch: string;
  /** Only Linux has a choice. */
  libc?: "glibc" | "musl";
}

/** What the programs of this machine are made for. */
export function thisPlatform(): Platform {
  const { platform: os, arch } = process;
  return os === "linux" ? { os, arch, libc: hasMusl() ? "musl" : "glibc" } : { os, arch };
}

/** A system is musl's where its loader is and glibc's is not: Debian can have both, and then glibc is at home. */
function hasMusl(): boolean {
  const loaders = ["/lib", "/lib64"].flatMap(namesIn);
  return loaders.some((name) => name.startsWith("ld-musl-")) &&
    !loaders.some((name) => name.startsWith("ld-linux"));
}
