import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { laidOut } from "./archive.ts";

interface Manifest {
  name: string;
  version: string;
  description: string;
  license: string;
}

/**
 * One package per platform, which npm installs only where it fits, and `claude-ops`, which needs one of them and
 * starts it.
 */
export function npmPackages(out: string, manifest: Manifest, platforms: readonly string[]): void {
  const { name, version, description, license } = manifest;
  // A claude-ops that fetches one for another platform takes it only of its own commit.
  const common = { version, license, description, commit: process.env.CLAUDE_OPS_COMMIT };
  mkdirSync(out, { recursive: true });
  for (const platform of platforms) {
    const [os, cpu, musl] = platform.split("-");
    const libc = os === "linux" ? { libc: [musl ? "musl" : "glibc"] } : {};
    pack(out, {
      name: `${name}-${platform}`,
      ...common,
      os: [os],
      cpu: [cpu],
      ...libc,
      preferUnplugged: true,
    }, {
      "bin/claude-ops": `dist/claude-ops-${platform}`,
    });
  }
  const optionalDependencies = Object.fromEntries(
    platforms.map((platform) => [`${name}-${platform}`, version]),
  );
  const main = {
    name,
    ...common,
    bin: { [name]: "start.js" },
    engines: { node: ">=18" },
    optionalDependencies,
  };
  pack(out, main, { "start.js": "release/start.js", "README.md": "README.md" });
}

/** npm gives every file of a package the same time, so the same files make the same package. */
function pack(out: string, manifest: object, files: Record<string, string>): void {
  const made = mkdtempSync(join(tmpdir(), "claude-ops-npm-"));
  writeFileSync(join(made, "package.json"), JSON.stringify(manifest, null, 2) + "\n");
  const all = {
    "package.json": join(made, "package.json"),
    "LICENSE": "LICENSE",
    "THIRD-PARTY-LICENSES.txt": "THIRD-PARTY-LICENSES.txt",
    ...files,
  };
  laidOut(all, (directory) => {
    const words = ["pack", "--silent", "--pack-destination", resolve(out)];
    execFileSync("npm", words, { cwd: directory, stdio: ["ignore", "ignore", "inherit"] });
  });
  rmSync(made, { recursive: true });
}
