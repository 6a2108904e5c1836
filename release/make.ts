/**
 * Makes the files of a release from `dist`, in the source tree that is the current directory.
 * Usage: make.ts OUT [URL]. Needs SOURCE_DATE_EPOCH, so that the same commit gives the same bytes.
 */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import manifest from "../package.json" with { type: "json" };
import { archive } from "./archive.ts";
import { billOfMaterials } from "./bill_of_materials.ts";
import { debianPackage } from "./debian.ts";
import { installScript } from "./install_script.ts";
import { licences } from "./licences.ts";
import { npmPackages } from "./npm.ts";
import { parts } from "./parts.ts";

const [out = "dist/release", url = ""] = process.argv.slice(2);
const { version } = manifest;
for (const name of readdirSync(out)) rmSync(join(out, name), { recursive: true });

const inside = parts();
writeFileSync("THIRD-PARTY-LICENSES.txt", licences(inside));
writeFileSync(join(out, "THIRD-PARTY-LICENSES.txt"), licences(inside));
const bill = billOfMaterials(version, inside);
writeFileSync(join(out, `claude-ops-${version}.cdx.json`), JSON.stringify(bill, null, 2) + "\n");

const platforms = readdirSync("dist").flatMap((name) => /^claude-ops-(.+)$/.exec(name)?.[1] ?? []).sort();
for (const platform of platforms) {
  archive(join(out, `claude-ops-${version}-${platform}.tar.gz`), `claude-ops-${version}`, {
    "claude-ops": `dist/claude-ops-${platform}`,
    "LICENSE": "LICENSE",
    "README.md": "README.md",
    "THIRD-PARTY-LICENSES.txt": "THIRD-PARTY-LICENSES.txt",
  });
  await debianPackage(out, version, platform);
}
npmPackages(join(out, "npm"), manifest, platforms);
writeFileSync(join(out, "install.sh"), installScript(version, url, checksums(/\.tar\.gz$/)), { mode: 0o755 });
writeFileSync(join(out, "SHA256SUMS"), checksums(/./));

/** The lines of `sha256sum` for the files whose names match. */
function checksums(names: RegExp): string {
  return readdirSync(out, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && names.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((file) =>
      `${createHash("sha256").update(readFileSync(file)).digest("hex")}  ${file.slice(out.length + 1)}\n`
    )
    .join("");
}
