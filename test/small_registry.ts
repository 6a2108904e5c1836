import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MAIN_PACKAGE } from "../src/updates/package.ts";
import { makePackage, NAME } from "./packages.ts";
import { type Registry, startRegistry } from "./registry.ts";
import { tinyClaude } from "./tiny_claude.ts";

/** A real Verdaccio that has only what a test gives it: versions of a stand-in, or of the real package. */
export class SmallRegistry {
  private constructor(
    readonly registry: Registry,
    readonly storage: string,
    readonly packages: Map<string, string>,
  ) {}

  get url(): string {
    return this.registry.url;
  }

  /** @param packages tarballs by version */
  static async start(
    packages: Map<string, string>,
    latest: string,
    address?: string,
  ): Promise<SmallRegistry> {
    const storage = mkdtempSync(join(tmpdir(), "small-registry-"));
    for (const name of [MAIN_PACKAGE, NAME]) mkdirSync(join(storage, name), { recursive: true });
    const registry = await startRegistry({ storage, offline: true, ...(address ? { address } : {}) });
    const small = new SmallRegistry(registry, storage, packages);
    for (const [version, file] of packages) copyFileSync(file, small.tarball(version));
    small.release(latest);
    return small;
  }

  /** The same with stand-ins that are native programs. */
  static async ofStandIns(versions: readonly string[], latest: string): Promise<SmallRegistry> {
    const dir = mkdtempSync(join(tmpdir(), "stand-ins-"));
    const packages = new Map(
      versions.map((version) => [version, makePackage(dir, version, { claude: tinyClaude(version) }).file]),
    );
    try {
      return await SmallRegistry.start(packages, latest);
    } finally {
      rmSync(dir, { recursive: true });
    }
  }

  /** Where the registry keeps the tarball of a version. */
  tarball(version: string): string {
    return join(this.storage, NAME, `${fileOf(version)}`);
  }

  /** What its people do when a release comes out: `latest` is that version from now on. */
  release(latest: string): void {
    const versions = [...this.packages.keys()];
    this.describe(MAIN_PACKAGE, versions, latest, () => ({ tarball: `${this.url}none.tgz`, shasum: "0" }));
    this.describe(NAME, versions, latest, (version) => {
      const bytes = readFileSync(this.tarball(version));
      return {
        tarball: `${this.url}${NAME}/-/${fileOf(version)}`,
        shasum: createHash("sha1").update(bytes).digest("hex"),
        integrity: `sha512-${createHash("sha512").update(bytes).digest("base64")}`,
        unpackedSize: statSync(this.tarball(version)).size * 3,
      };
    });
  }

  private describe(
    name: string,
    versions: string[],
    latest: string,
    dist: (version: string) => object,
  ): void {
    const document = {
      name,
      "dist-tags": { latest, stable: versions[0] },
      versions: Object.fromEntries(
        versions.map((version) => [version, { name, version, dist: dist(version) }]),
      ),
      time: {},
      _attachments: name === NAME
        ? Object.fromEntries(versions.map((version) => [fileOf(version), { version }]))
        : {},
      _distfiles: {},
      _uplinks: {},
      _rev: "1-0",
      readme: "",
    };
    writeFileSync(join(this.storage, name, "package.json"), JSON.stringify(document));
  }

  async stop(): Promise<void> {
    await this.registry.stop();
    rmSync(this.storage, { recursive: true, force: true });
  }
}

const fileOf = (version: string) => `${NAME.split("/")[1]}-${version}.tgz`;
