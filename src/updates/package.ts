import { Failure } from "../errors.ts";
import type { Platform } from "../runtime/platform.ts";

/** The package whose dist-tags name Claude Code's versions; the programs are in packages of their own. */
export const MAIN_PACKAGE = "@anthropic-ai/claude-code";

/** The package that holds the program of a platform. Names seen on 2.1.329; they exist since 2.1.110. */
export function platformPackage({ os, arch, libc = "glibc" }: Platform): string {
  if ((os !== "linux" && os !== "darwin") || (arch !== "x64" && arch !== "arm64")) {
    throw new Failure(`Claude Code is not made for ${os} on ${arch}`, {
      code: "platform-unsupported",
      hint: "it runs on linux and darwin, on x64 and arm64",
    });
  }
  return `${MAIN_PACKAGE}-${os}-${arch}${os === "linux" && libc === "musl" ? "-musl" : ""}`;
}
