import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { MAIN_PACKAGE } from "../src/updates/package.ts";
import type { PackageId } from "../src/updates/fetch_package.ts";

export const NAME = `${MAIN_PACKAGE}-linux-x64`;

/** A program small enough for quick tests that answers `--version` as the real one does. */
export const program = (version: string) => `#!/bin/sh\necho "${version} (Claude Code)"\n`;

export interface MadePackage {
  file: string;
  id: PackageId;
}

/** Packs a tarball as npm would with the real `tar`; `prepare` may put more into its `package/` directory. */
export function makePackage(
  dir: string,
  version: string,
  {
    claude = program(version) as string | Uint8Array,
    prepare = (_dir: string) => {},
    tarArguments = ["package"],
  } = {},
): MadePackage {
  const work = mkdtempSync(join(dir, "pack-"));
  const content = join(work, "package");
  mkdirSync(content);
  writeFileSync(join(content, "package.json"), JSON.stringify({ name: NAME, version }));
  writeFileSync(join(content, "claude"), claude);
  chmodSync(join(content, "claude"), 0o755);
  prepare(content);
  const file = join(work, `${version}.tgz`);
  execFileSync("tar", ["-czf", file, "-C", work, ...tarArguments]);
  rmSync(content, { recursive: true });
  return { file, id: identify(file, version) };
}

/** What a registry that tells the truth says about this file. */
export function identify(file: string, version: string): PackageId {
  const hash = createHash("sha512").update(readFileSync(file)).digest("base64");
  return { name: NAME, version, integrity: `sha512-${hash}` };
}
