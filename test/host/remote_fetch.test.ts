import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { fetchProgram } from "../../src/remote/fetch_program.ts";
import { type Registry, startRegistry } from "../registry.ts";
import { run } from "./login_host.ts";
import { scratchForAll } from "../unit/scratch.ts";

// The program for another platform, out of a real registry, in the packages that a release makes.
const TOP = fileURLToPath(new URL("../..", import.meta.url));
const NAME = "claude-ops-linux-arm64";
const build = { version: "7.1.0", commit: "0123456789ab" };
const scratch = scratchForAll();
const program = randomBytes(300_000);
let registry: Registry;
let env: Record<string, string>;
let cache: string;

beforeAll(async () => {
  registry = await startRegistry({ storage: join(scratch, "storage"), offline: true, publish: true });
  await publish(program, build);
});
afterAll(async () => {
  await registry.stop();
});
beforeEach(() => {
  const HOME = mkdtempSync(join(scratch, "home-"));
  env = { HOME, npm_config_registry: registry.url };
  cache = join(HOME, ".cache/claude-ops/programs");
});

/** Makes the package as `scripts/release` does, and publishes it. */
async function publish(content: Uint8Array, { version, commit }: typeof build): Promise<void> {
  const tree = mkdtempSync(join(scratch, "tree-"));
  mkdirSync(join(tree, "dist"));
  mkdirSync(join(tree, "release"));
  writeFileSync(join(tree, "dist", NAME), content);
  for (const name of ["LICENSE", "README.md", "THIRD-PARTY-LICENSES.txt", "release/start.js"]) {
    writeFileSync(join(tree, name), "");
  }
  const manifest = { name: "claude-ops", version, description: "", license: "MIT" };
  const script = `import { npmPackages } from ${JSON.stringify(join(TOP, "release/npm.ts"))};` +
    `npmPackages("npm", ${JSON.stringify(manifest)}, ["linux-arm64"]);`;
  execFileSync(join(TOP, "node_modules/.bin/bun"), ["-e", script], {
    cwd: tree,
    env: { ...process.env, SOURCE_DATE_EPOCH: "1700000000", CLAUDE_OPS_COMMIT: commit },
    stdio: "pipe",
  });
  const npmrc = join(tree, ".npmrc");
  const { host } = new URL(registry.url);
  writeFileSync(npmrc, `registry=${registry.url}\n//${host}/:_authToken=${await registry.login()}\n`);
  const published = await run(["npm", "publish", join(tree, "npm", `${NAME}-${version}.tgz`)], {
    env: { HOME: tree, npm_config_userconfig: npmrc, npm_config_cache: join(tree, "cache") },
  });
  expect(published.status, published.stderr).toBe(0);
}

const kept = () => existsSync(cache) ? readdirSync(cache) : [];
const failure = (promise: Promise<unknown>) =>
  promise.then(() => ({ message: "no failure" }), (error: { message: string; hint: string }) => error);
const nowhere = { npm_config_registry: "http://127.0.0.1:9/" };

test("many hosts of one architecture fetch it once; the next run needs no registry", async () => {
  let begun = 0;
  const progress = (done: number) => void (done > 0 && begun++ === 0);
  const paths = await Promise.all(
    Array.from({ length: 8 }, () => fetchProgram(NAME, { env, build, progress })),
  );
  expect(new Set(paths).size).toBe(1);
  expect(begun).toBeGreaterThan(0);
  expect(readFileSync(paths[0]!).equals(program)).toBe(true);
  expect(statSync(paths[0]!).mode & 0o777).toBe(0o755);
  expect(kept()).toHaveLength(1);
  expect(await fetchProgram(NAME, { env: { ...env, ...nowhere }, build })).toBe(paths[0]);
});

test("one that was damaged in the cache is not used, but fetched again", async () => {
  const path = await fetchProgram(NAME, { env, build });
  appendFileSync(path, "x");
  const offline = await failure(fetchProgram(NAME, { env: { ...env, ...nowhere }, build }));
  expect(offline).toMatchObject({
    code: "no-binary",
    message: expect.stringMatching(
      /arm64 7\.1\.0 is not here and could not be fetched: .* cannot be reached/,
    ),
    hint: expect.stringMatching(/nothing was sent; .*--binary FILE/),
  });
  expect(kept()).toEqual([]);
  expect(await fetchProgram(NAME, { env, build })).toBe(path);
  expect(readFileSync(path).equals(program)).toBe(true);
});

test("another commit, another version or another name is refused", async () => {
  const other = { ...build, commit: "ba9876543210" };
  expect((await failure(fetchProgram(NAME, { env, build: other }))).message).toContain(
    "another build of 7.1.0 (0123456789ab, not ba9876543210)",
  );
  for (const [name, version] of [[NAME, "7.1.1"], ["claude-ops-linux-riscv64", "7.1.0"]] as const) {
    expect(await failure(fetchProgram(name, { env, build: { ...build, version } }))).toMatchObject({
      message: expect.stringMatching(/has none$/),
    });
  }
  expect(kept()).toEqual([]);
});

test("a package that is not what the registry's hash says is refused, and a new release takes the old one's place", async () => {
  const next = { version: "7.2.0", commit: "fedcba987654" };
  const content = randomBytes(200_000);
  await publish(content, next);
  const old = await fetchProgram(NAME, { env, build });
  const tarball = join(scratch, "storage", NAME, `${NAME}-7.2.0.tgz`);
  const right = readFileSync(tarball);
  const wrong = Buffer.from(right);
  wrong[wrong.length >> 1]! ^= 1;
  for (const [bytes, why] of [[wrong, "damaged"], [right.subarray(0, 9000), "fetched"]] as const) {
    writeFileSync(tarball, bytes);
    expect((await failure(fetchProgram(NAME, { env, build: next }))).message).toContain(why);
    expect(kept()).toEqual([old.slice(cache.length + 1)]);
  }
  writeFileSync(tarball, right);
  expect(readFileSync(await fetchProgram(NAME, { env, build: next })).equals(content)).toBe(true);
  expect(kept()).toEqual([expect.stringContaining("~fedcba987654~")]);
});
