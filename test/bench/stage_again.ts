/**
 * What a version of Claude Code costs where it is already somewhere: for the second user of a host, for a second host that
 * gets it over SSH from the operator's machine, and for somebody who has it by npm. Each against the first time. Usage:
 * stage_again.ts [ROUNDS]. Fresh lab hosts; JSON on stdout.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Host, Lab } from "../host/lab.ts";
import { registryForHosts, useRegistry, VERSION } from "../host/managed_host.ts";
import { BINARY, Operator } from "../host/ops.ts";
import { compare, report } from "./report.ts";

const rounds = Number(process.argv[2] ?? 3);
const registry = await registryForHosts();
const times: Record<"first" | "second" | "sent" | "sentAgain" | "npm" | "taken", number[]> = {
  first: [],
  second: [],
  sent: [],
  sentAgain: [],
  npm: [],
  taken: [],
};
let bytes = { first: 0, second: 0 };
try {
  byNpm(mkdtempSync(join(tmpdir(), "npm-bench-"))); // once for Verdaccio, which fetches it then
  for (let round = 0; round < rounds; round++) {
    await users();
    await hosts();
    const home = mkdtempSync(join(tmpdir(), "npm-bench-"));
    times.npm.push(byNpm(home));
    times.taken.push(timed(() => run(home, [BINARY, "install"])));
    rmSync(home, { recursive: true });
  }
  const mb = (count: number) => `${Math.round(count / 1e6)} MB`;
  report([
    compare(
      "setting up a second user of a host, Claude Code included",
      times.second,
      "the first",
      times.first,
    ),
    {
      what: "what that takes of the network",
      measured: mb(bytes.second),
      yardstick: `the first: ${mb(bytes.first)}`,
    },
    compare(
      "a second host that reaches no registry",
      times.sentAgain,
      "the first, package fetched",
      times.sent,
    ),
    compare("an own installation that takes over npm's", times.taken, "npm install -g", times.npm),
  ]);
} finally {
  await registry.stop();
}

/** Two users of one host, which gets the version from the registry. */
async function users(): Promise<void> {
  const operator = new Operator();
  const host = await Lab.host();
  await useRegistry(host, registry);
  // The program is sent before: what counts is the user and Claude Code.
  await host.put(BINARY, "/usr/local/bin/claude-ops");
  const start = (await host.bytes()).received;
  times.first.push(await install(operator, host, "ann"));
  const middle = (await host.bytes()).received;
  times.second.push(await install(operator, host, "bob"));
  bytes = { first: middle - start, second: (await host.bytes()).received - middle };
  await host.down();
  operator.remove();
}

/** Two hosts that reach no registry, with one operator who does, and keeps the package. */
async function hosts(): Promise<void> {
  const operator = new Operator({ npm_config_registry: registry.url });
  for (const kind of ["sent", "sentAgain"] as const) {
    const host = await Lab.host();
    await host.put(BINARY, "/usr/local/bin/claude-ops");
    times[kind].push(await install(operator, host, "ann", "--via-ssh"));
    await host.down();
  }
  operator.remove();
}

async function install(operator: Operator, host: Host, user: string, ...more: string[]): Promise<number> {
  const begin = performance.now();
  const words = ["install", `host${host.number}`, "--user", user, "--claude-version", VERSION, ...more];
  const { ok, ...rest } = await operator.summary(words, { timeout: 300_000 });
  if (!ok) throw new Error(JSON.stringify(rest));
  return performance.now() - begin;
}

/** Milliseconds of `npm install -g` into this home. */
function byNpm(home: string): number {
  const words = ["npm", "install", "-g", "--no-audit", "--no-fund", "--prefix", join(home, ".npm-global")];
  return timed(() => run(home, [...words, `@anthropic-ai/claude-code@${VERSION}`]));
}

function timed(work: () => void): number {
  const begin = performance.now();
  work();
  return performance.now() - begin;
}

function run(home: string, [program, ...words]: string[]): void {
  const env = { HOME: home, PATH: process.env.PATH!, npm_config_registry: registry.url };
  const done = spawnSync(program!, words, { env, cwd: home, encoding: "utf8" });
  if (done.status !== 0) throw new Error(`${program}: ${done.stderr}${done.stdout}`);
}
