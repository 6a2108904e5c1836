import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { downloadTarball, fromRegistry } from "../../src/updates/fetch_package.ts";
import { npmSettings } from "../../src/updates/npm_settings.ts";
import { resolve } from "../../src/updates/registry.ts";
import { startRegistry } from "../registry.ts";
import { SmallRegistry } from "../small_registry.ts";
import { Lab } from "./lab.ts";

/** A registry for hosts that has only these releases of the real Claude Code, the one that is `latest` among them. */
export async function realReleases(versions: readonly string[], latest: string): Promise<SmallRegistry> {
  const dir = mkdtempSync(join(tmpdir(), "releases-"));
  const shared = await startRegistry();
  try {
    const npm = await npmSettings({ HOME: dir, npm_config_registry: shared.url });
    const packages = new Map<string, string>();
    for (const version of versions) {
      const manifest = await resolve(version, { os: "linux", arch: "x64" }, npm);
      await downloadTarball(fromRegistry(manifest, npm), join(dir, `${version}.tgz`));
      packages.set(version, join(dir, `${version}.tgz`));
    }
    return await SmallRegistry.start(packages, latest, await Lab.bridge());
  } finally {
    await shared.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}
