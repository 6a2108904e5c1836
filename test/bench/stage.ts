/**
 * Fetching a version of Claude Code (checked, tried, switched to) against `npm install -g` of it, both into nothing and
 * from one Verdaccio that has it. Usage: stage.ts [BINARY] [ROUNDS]. Interleaved; medians; JSON on stdout.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { startRegistry } from "../registry.ts";
import { median } from "./median.ts";
import { report } from "./report.ts";

const version = "2.1.329";
const binary = resolve(process.argv[2] ?? "dist/claude-ops");
const rounds = Number(process.argv[3] ?? 5);
const registry = await startRegistry();
const times: Record<"npm" | "ours" | "again", number[]> = { npm: [], ours: [], again: [] };
try {
  npm(); // once for Verdaccio, which fetches it then
  for (let round = 0; round < rounds; round++) {
    times.npm.push(npm());
    const home = mkdtempSync(join(tmpdir(), "claude-ops-bench-"));
    times.ours.push(run(home, [binary, "update", "--stage", "--to", version]));
    times.again.push(run(home, [binary, "update", "--stage", "--to", version]));
    rmSync(home, { recursive: true });
  }
  const ms = Object.fromEntries(Object.entries(times).map(([name, values]) => [name, median(values)]));
  report([
    {
      what: "fetching a version of Claude Code",
      measured: `${(ms.ours! / 1000).toFixed(1)} s`,
      yardstick: `npm install -g of it: ${(ms.npm! / 1000).toFixed(1)} s`,
      ratio: ms.ours! / ms.npm!,
      goal: 1.2,
    },
    { what: "fetching a version that is there", measured: `${ms.again} ms` },
  ]);
} finally {
  await registry.stop();
}

function npm(): number {
  const home = mkdtempSync(join(tmpdir(), "npm-bench-"));
  const words = ["npm", "install", "-g", "--no-audit", "--no-fund", "--prefix", join(home, "prefix")];
  try {
    return run(home, [...words, `@anthropic-ai/claude-code@${version}`]);
  } finally {
    rmSync(home, { recursive: true });
  }
}

/** Milliseconds. All that it keeps is below `home`, caches included. */
function run(home: string, [program, ...words]: string[]): number {
  const env = { HOME: home, PATH: process.env.PATH!, npm_config_registry: registry.url };
  const begin = performance.now();
  const done = spawnSync(program!, words, { env, cwd: home, encoding: "utf8" });
  if (done.status !== 0) throw new Error(`${program}: ${done.stderr}${done.stdout}`);
  return performance.now() - begin;
}
