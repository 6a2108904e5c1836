import { Failure } from "../../src/errors.ts";
import { fromRegistry } from "../../src/updates/fetch_package.ts";
import { npmSettings } from "../../src/updates/npm_settings.ts";
import { resolve } from "../../src/updates/registry.ts";
import { stage } from "../../src/updates/stage.ts";
import { Versions } from "../../src/updates/versions.ts";

/** A process of its own for the tests: stages VERSION into ROOT, prints a line of JSON. */
const [root, wanted] = process.argv.slice(-2) as [string, string];
const started = performance.now();

async function main(): Promise<Record<string, unknown>> {
  try {
    const npm = await npmSettings();
    const manifest = await resolve(wanted, { os: process.platform, arch: process.arch }, npm);
    const staged = await stage(new Versions(root), fromRegistry(manifest, npm));
    return { staged, version: manifest.version };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { code: error.code, message: error.message };
  }
}

main().then((result) => {
  const ms = Math.round(performance.now() - started);
  console.log(JSON.stringify({ ...result, ms, peakMB: process.resourceUsage().maxRSS >> 10 }));
  process.exit(0);
});
