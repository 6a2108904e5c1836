import { execFileSync, spawn } from "node:child_process";
import * as fs from "node:fs";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { downloadTarball, fromFile, fromRegistry } from "../../src/updates/fetch_package.ts";
import { npmSettings } from "../../src/updates/npm_settings.ts";
import { type Manifest, resolve } from "../../src/updates/registry.ts";
import { stage } from "../../src/updates/stage.ts";
import { Versions } from "../../src/updates/versions.ts";
import { makePackage, NAME } from "../packages.ts";
import { type Registry, SHARED_STORAGE, startRegistry } from "../registry.ts";
import { scratchForAll } from "../unit/scratch.ts";

/** Real packages, the newest and one of the oldest that are supported. */
const NEW = "2.1.329";
const FULL = process.env.CLAUDE_OPS_TEST_FULL === "1";
const OLD = "2.1.268";
const LINUX = { os: "linux", arch: "x64" };

const dir = scratchForAll();
let registry: Registry;
const stops: (() => unknown)[] = [];

beforeAll(async () => {
  registry = await startRegistry();
  stops.push(registry.stop);
  // Verdaccio fetches both once; after that they come from its storage.
  for (const version of [OLD, NEW]) await downloadTarball(await source(version), join(dir, `${version}.tgz`));
}, 120_000);
afterAll(async () => {
  for (const stop of stops.reverse()) await stop();
});

const via = (url: string, more: Record<string, string> = {}) =>
  npmSettings({ HOME: dir, npm_config_registry: url, ...more });
const source = async (version: string, url = registry.url) => {
  const npm = await via(url);
  return fromRegistry(await resolve(version, LINUX, npm), npm);
};
const root = () => new Versions(fs.mkdtempSync(join(dir, "root-")));
const inside = (versions: Versions) => fs.readdirSync(join(versions.root, "versions")).sort();
const says = (versions: Versions, version: string) =>
  execFileSync(versions.executable(version), ["--version"], { encoding: "utf8", env: { HOME: dir } }).trim();

/** Stages in a process of its own; `kill` says after how many milliseconds it dies. */
async function apart(
  versions: Versions,
  version: string,
  {
    command = [process.execPath, "test/host/stage_once.ts"],
    env = {},
    kill = undefined as number | undefined,
  } = {},
): Promise<Record<string, unknown> | undefined> {
  const [program, ...args] = [...command, versions.root, version];
  const child = spawn(program!, args, {
    stdio: ["ignore", "pipe", "inherit"],
    env: { PATH: process.env.PATH, HOME: dir, npm_config_registry: registry.url, ...env },
  });
  let output = "";
  child.stdout.on("data", (chunk) => void (output += chunk));
  const closed = new Promise((resolve) => child.once("close", resolve));
  if (kill !== undefined) await Promise.race([setTimeout(kill), closed]).then(() => child.kill("SIGKILL"));
  await closed;
  return output === "" ? undefined : JSON.parse(output);
}

test("from the registry that this machine is configured for: `latest` is staged and runs", async () => {
  const versions = root();
  const npm = await npmSettings();
  const manifest = await resolve("latest", LINUX, npm);
  expect(await stage(versions, fromRegistry(manifest, npm))).toBe(true);
  expect(says(versions, manifest.version)).toBe(`${manifest.version} (Claude Code)`);
}, 60_000);

test("an old and a new real version live side by side, and `current` goes forth and back", async () => {
  const versions = root();
  for (const version of [OLD, NEW]) expect(await stage(versions, await source(version))).toBe(true);
  expect(await versions.list()).toEqual([OLD, NEW]);
  for (const version of [OLD, NEW, OLD]) {
    await versions.activate(version);
    expect(execFileSync(join(versions.root, "current/claude"), ["--version"], { encoding: "utf8" }))
      .toContain(version);
  }
  await versions.remove(NEW);
  expect(inside(versions)).toEqual([OLD]);
}, 60_000);

test("from a tarball that was brought, without any registry", async () => {
  const versions = root();
  const { tarball: _, ...id } = await resolve(NEW, LINUX, await via(registry.url));
  expect(await stage(versions, fromFile(join(dir, `${NEW}.tgz`), id))).toBe(true);
  expect(says(versions, NEW)).toContain(NEW);
}, 60_000);

test("memory stays far below the size of the package", async () => {
  const result = await apart(root(), NEW);
  expect(result).toMatchObject({ staged: true, version: NEW });
  expect(result?.peakMB).toBeLessThan(220);
}, 60_000);

test("killed at random moments, it leaves what was there, and the next run ends well", async () => {
  const versions = root();
  await stage(versions, await source(OLD));
  await versions.activate(OLD);
  const whole = (await apart(root(), NEW))?.ms as number;
  for (let round = 0; round < (FULL ? 12 : 3); round++) {
    await apart(versions, NEW, { kill: Math.random() * whole * 1.1 });
    expect(await versions.current()).toBe(OLD);
    for (const version of await versions.list()) expect(says(versions, version)).toContain(version);
    if ((await versions.list()).includes(NEW)) await versions.remove(NEW);
  }
  expect(await apart(versions, NEW)).toMatchObject({ staged: true });
  expect(inside(versions)).toEqual([OLD, NEW]);
}, 120_000);

test("two processes at once: one stages, both end well", async () => {
  const versions = root();
  const results = await Promise.all([apart(versions, NEW), apart(versions, NEW)]);
  expect(results.map((result) => result?.version)).toEqual([NEW, NEW]);
  expect(results.filter((result) => result?.staged)).toHaveLength(1);
  expect(inside(versions)).toEqual([NEW]);
}, 60_000);

/** A Verdaccio of its own with our package in it, damaged by `damage`, and no way to the real registry. */
async function damaged(
  damage: (tarball: string, description: string) => void,
): Promise<{ versions: Versions; url: string }> {
  const storage = fs.mkdtempSync(join(dir, "storage-"));
  fs.mkdirSync(join(storage, NAME), { recursive: true });
  const file = `${NAME.split("/")[1]}-${NEW}.tgz`;
  const description = join(storage, NAME, "package.json");
  fs.copyFileSync(join(SHARED_STORAGE, NAME, "package.json"), description);
  fs.copyFileSync(join(SHARED_STORAGE, NAME, file), join(storage, NAME, file));
  damage(join(storage, NAME, file), description);
  const own = await startRegistry({ storage, offline: true });
  stops.push(own.stop);
  const versions = root();
  await stage(versions, await source(OLD));
  return { versions, url: own.url };
}

test("a tarball with one byte changed in the registry's storage is refused", async () => {
  const { versions, url } = await damaged((tarball) => {
    const handle = fs.openSync(tarball, "r+");
    const at = fs.fstatSync(handle).size - 4;
    const byte = Buffer.alloc(1);
    fs.readSync(handle, byte, 0, 1, at);
    fs.writeSync(handle, Buffer.from([byte[0]! ^ 1]), 0, 1, at);
    fs.closeSync(handle);
  });
  await expect(stage(versions, await source(NEW, url))).rejects.toMatchObject({ code: "package-damaged" });
  expect(inside(versions)).toEqual([OLD]);
}, 60_000);

test("garbage, and another program of the right name, are refused", async () => {
  const { versions, url } = await damaged((tarball) => fs.writeFileSync(tarball, "garbage ".repeat(100_000)));
  await expect(stage(versions, await source(NEW, url))).rejects.toMatchObject({ code: "package-damaged" });
  const other = await damaged((tarball) => fs.copyFileSync(makePackage(dir, NEW).file, tarball));
  await expect(stage(versions, await source(NEW, other.url))).rejects.toMatchObject({
    code: "package-damaged",
  });
  expect(inside(versions)).toEqual([OLD]);
}, 60_000);

test("a package that the registry names no hash for is refused", async () => {
  const { url } = await damaged((_tarball, description) => {
    const document = JSON.parse(fs.readFileSync(description, "utf8"));
    delete document.versions[NEW].dist.integrity;
    fs.writeFileSync(description, JSON.stringify(document));
  });
  await expect(source(NEW, url)).rejects.toMatchObject({ code: "package-unverifiable" });
}, 60_000);

test("versions and tags that are not there: the hint says what is", async () => {
  const npm = await via(registry.url);
  await expect(resolve("2.1.9999", LINUX, npm)).rejects.toMatchObject({
    code: "version-unknown",
    hint: expect.stringMatching(/latest \(\d+\.\d+\.\d+\); nearest to 2\.1\.9999: 2\.1\./),
  });
  await expect(resolve("no-such-tag", LINUX, npm)).rejects.toMatchObject({
    code: "version-unknown",
    hint: expect.stringContaining("latest ("),
  });
  // Before there were programs of their own, the main package had this one.
  await expect(resolve("2.0.77", LINUX, npm)).rejects.toMatchObject({ code: "version-unknown" });
  expect(semverOf(await resolve(">=2.1.268 <2.1.270", LINUX, npm))).toMatch(/^2\.1\.26[89]$/);
});

const semverOf = ({ version }: Manifest) => version;

test("a registry that wants a login: refused without, let in with a token that is never shown", async () => {
  const own = await startRegistry({ access: "$authenticated" });
  stops.push(own.stop);
  const failure = await resolve(NEW, LINUX, await via(own.url)).catch((error) => error);
  expect(failure).toMatchObject({ name: "Failure", code: "registry-auth" });
  const token = await own.login();
  const key = `${own.url.slice("http:".length)}:_authToken`;
  fs.writeFileSync(join(dir, "with-token"), `${key}=\${THE_TOKEN}\n`);
  const env = { npm_config_userconfig: join(dir, "with-token") };
  expect(await resolve(NEW, LINUX, await via(own.url, { ...env, THE_TOKEN: token }))).toMatchObject({
    version: NEW,
  });
  const refused = await resolve(NEW, LINUX, await via(own.url, { ...env, THE_TOKEN: "made-up-s3cret" }))
    .catch((error) => error);
  expect(refused).toMatchObject({ code: "registry-auth" });
  expect(JSON.stringify([refused, refused.stack, refused.cause])).not.toContain("s3cret");
}, 60_000);

test("a registry that answers nothing has 5 seconds", async () => {
  const silent: Server = createServer(() => {}).listen(0, "127.0.0.1");
  stops.push(() => silent.close());
  await new Promise((resolve) => silent.once("listening", resolve));
  const { port } = silent.address() as { port: number };
  const started = Date.now();
  await expect(resolve("latest", LINUX, await via(`http://127.0.0.1:${port}/`))).rejects.toMatchObject({
    code: "registry-unreachable",
    message: expect.stringContaining("within 5 s"),
  });
  expect(Date.now() - started).toBeGreaterThan(4_900);
  expect(Date.now() - started).toBeLessThan(6_000);
}, 10_000);

/** An authority of our own and a certificate of it for 127.0.0.1. */
function authority(): { ca: string; key: string; cert: string } {
  const at = (name: string) => join(dir, name);
  const openssl = (...args: string[]) => execFileSync("openssl", args, { cwd: dir, stdio: "pipe" });
  const pair = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  openssl(
    "req",
    "-x509",
    ...pair,
    "-keyout",
    "ca.key",
    "-out",
    "ca.pem",
    "-days",
    "2",
    "-subj",
    "/CN=test authority",
  );
  openssl("req", ...pair, "-keyout", "tls.key", "-out", "tls.csr", "-subj", "/CN=registry");
  fs.writeFileSync(at("names"), "subjectAltName=IP:127.0.0.1\n");
  const signed = ["-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-extfile", "names", "-days", "2"];
  openssl("x509", "-req", "-in", "tls.csr", "-out", "tls.pem", ...signed);
  return { ca: at("ca.pem"), key: at("tls.key"), cert: at("tls.pem") };
}

const BUILD = ["--compile", "--minify", "--bytecode", "--format=esm", "--splitting"];
const NO_FILES = ["--no-compile-autoload-dotenv", "--no-compile-autoload-bunfig"];

test(
  "TLS: an authority of one's own counts by NODE_EXTRA_CA_CERTS and cafile, in a compiled binary too",
  async () => {
    const { ca, key, cert } = authority();
    const own = await startRegistry({ tls: { key, cert } });
    stops.push(own.stop);
    const binary = join(dir, "stage-once");
    execFileSync(process.execPath, [
      "build",
      ...BUILD,
      ...NO_FILES,
      "test/host/stage_once.ts",
      "--outfile",
      binary,
    ], {
      stdio: "pipe",
    });
    const from = { npm_config_registry: own.url };
    const commands = [[binary], [process.execPath, "test/host/stage_once.ts"]];
    for (const command of FULL ? commands : commands.slice(0, 1)) {
      expect(await apart(root(), NEW, { command, env: from })).toMatchObject({ code: "registry-tls" });
      expect(await apart(root(), NEW, { command, env: { ...from, NODE_EXTRA_CA_CERTS: ca } }))
        .toMatchObject({ staged: true });
      // Each of these unpacks a real package.
      const others = FULL ? [{ npm_config_cafile: ca }, { npm_config_strict_ssl: "false" }] : [];
      for (const env of others) {
        expect(await apart(root(), NEW, { command, env: { ...from, ...env } })).toMatchObject({
          staged: true,
        });
      }
      // With a cafile that does not fit, the extra certificates still count.
      const both = { npm_config_cafile: "/etc/ssl/certs/ca-certificates.crt", NODE_EXTRA_CA_CERTS: ca };
      expect(await apart(root(), NEW, { command, env: { ...from, ...both } })).toMatchObject({
        staged: true,
      });
    }
  },
  FULL ? 600_000 : 240_000,
);

test.runIf(process.getuid?.() === 0)(
  "a disk that fills up while extracting leaves what was there",
  async () => {
    const mount = fs.mkdtempSync(join(dir, "disk-"));
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=8m,mode=755", "tmpfs", mount]);
    try {
      const versions = new Versions(join(mount, "root"));
      const small = makePackage(dir, OLD);
      await stage(versions, fromFile(small.file, small.id));
      await versions.activate(OLD);
      // Zeros pack so well that the estimate by the tarball's size lets them through.
      const big = makePackage(dir, NEW, {
        prepare: (content) => fs.writeFileSync(join(content, "zeros"), Buffer.alloc(32 << 20)),
      });
      await expect(stage(versions, fromFile(big.file, big.id))).rejects.toMatchObject({ code: "disk-full" });
      expect([await versions.list(), await versions.current(), inside(versions)]).toEqual([[OLD], OLD, [
        OLD,
      ]]);
    } finally {
      execFileSync("umount", [mount]);
    }
  },
);
