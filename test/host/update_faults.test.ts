import { execFileSync, spawnSync } from "node:child_process";
import { copyFileSync, readdirSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { type AddressInfo, createServer as createSocket, type Server } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { makePackage } from "../packages.ts";
import { SmallRegistry } from "../small_registry.ts";
import { tinyClaude } from "../tiny_claude.ts";
import { end, UpdatingHome } from "./updating_home.ts";
import { scratchForAll } from "../unit/scratch.ts";

// Whatever goes wrong on the way to a newer version: the host keeps the one it had, and the next run starts clean.
const FULL = process.env.CLAUDE_OPS_TEST_FULL === "1";
const [OLD, NEW] = ["2.1.300", "2.1.310"] as const;
let registry: SmallRegistry;
const dir = scratchForAll();
let whole: string;
beforeAll(async () => {
  registry = await SmallRegistry.ofStandIns([OLD, NEW], OLD);
  whole = join(dir, "whole.tgz");
  copyFileSync(registry.tarball(NEW), whole);
});
afterAll(async () => {
  await registry.stop();
});

async function homeWithOld(): Promise<UpdatingHome> {
  registry.release(OLD);
  const home = new UpdatingHome(registry.url);
  expect((await home.update()).said).toMatchObject({ status: "updated", to: OLD });
  copyFileSync(whole, registry.tarball(NEW));
  registry.release(NEW);
  return home;
}

/** Nothing changed, it is written down why, and the next run, all being well again, ends well. */
async function expectKept(home: UpdatingHome, code: string): Promise<void> {
  const failed = await home.update();
  expect(failed).toMatchObject({ status: 1, said: { error: { code } } });
  expect(failed.stderr).toMatch(/^claude-ops: .*\nhint: /);
  expect(home.current).toBe(OLD);
  expect(home.versions).toEqual([OLD]);
  expect(home.log).toMatch(new RegExp(` failed reason="?.* code=${code}`));
  const { child, version } = await home.session();
  expect(version).toBe(OLD);
  await end(child);
}

async function expectCleanAfterwards(home: UpdatingHome): Promise<void> {
  copyFileSync(whole, registry.tarball(NEW));
  const { said } = await home.update();
  expect(["updated", "current"], JSON.stringify(said)).toContain(said.status);
  expect(home.current).toBe(NEW);
  expect(home.versions).toEqual([OLD, NEW]);
  const left = readdirSync(home.root).filter((name) =>
    !/^(\.switching|\.updating|current|state\.json|versions)$/.test(name)
  );
  expect(left).toEqual([]);
}

async function listening<S extends Server>(server: S): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

test("a registry that accepts and says nothing has 5 seconds", async () => {
  const home = await homeWithOld();
  home.env.npm_config_registry = await listening(createSocket(() => {}));
  const started = Date.now();
  const { status, said } = await home.update();
  expect({ status, code: said.error.code }).toEqual({ status: 1, code: "registry-unreachable" });
  expect(Date.now() - started).toBeLessThan(8_000);
  expect([home.current, home.versions]).toEqual([OLD, [OLD]]);
  home.env.npm_config_registry = registry.url;
  await expectCleanAfterwards(home);
});

test("garbage in the registry's place, and a registry that is not there", async () => {
  const home = await homeWithOld();
  const garbage = createServer((_, answer) => void answer.end("<html>please log in</html>"));
  home.env.npm_config_registry = await listening(garbage);
  await expectKept(home, "registry-unreachable");
  home.env.npm_config_registry = "http://127.0.0.1:9/";
  await expectKept(home, "registry-unreachable");
  home.env.npm_config_registry = registry.url;
  await expectCleanAfterwards(home);
});

test.each<[string, (tarball: string) => void]>([
  ["is cut off", (tarball) => truncateSync(tarball, statSync(tarball).size >> 1)],
  ["is another program", (tarball) => copyFileSync(makePackage(dir, NEW).file, tarball)],
  ["is garbage", (tarball) => writeFileSync(tarball, "garbage ".repeat(10_000))],
])("a package that %s", async (_how, damage) => {
  const home = await homeWithOld();
  damage(registry.tarball(NEW));
  await expectKept(home, "package-damaged");
  await expectCleanAfterwards(home);
});

test.runIf(process.getuid?.() === 0)(
  "a disk that is full before it is fetched, and one that fills up meanwhile",
  async () => {
    // Zeros pack so well that what the registry says of the size lets them through.
    const zeros = makePackage(dir, NEW, {
      claude: tinyClaude(NEW),
      prepare: (content) => writeFileSync(join(content, "zeros"), Buffer.alloc(32 << 20)),
    });
    const home = await homeWithOld();
    const disk = join(home.root, "versions");
    const kept = join(dir, "kept");
    execFileSync("cp", ["-a", disk, kept]);
    execFileSync("mount", [
      "-t",
      "tmpfs",
      "-o",
      `size=8m,mode=755,uid=${home.uid},gid=${home.uid}`,
      "tmpfs",
      disk,
    ]);
    try {
      execFileSync("cp", ["-a", join(kept, OLD), disk]);
      copyFileSync(zeros.file, registry.tarball(NEW));
      registry.release(NEW);
      await expectKept(home, "disk-full");
      execFileSync(
        "dd",
        ["if=/dev/zero", `of=${join(home.root, "versions/.full")}`, "bs=4k", "status=none"],
        { stdio: "pipe" },
      );
    } catch (error) {
      if (!String(error).includes("No space left")) throw error;
      expect(await home.update()).toMatchObject({ status: 1, said: { error: { code: "disk-full" } } });
    } finally {
      spawnSync("umount", ["-l", disk]);
    }
    copyFileSync(whole, registry.tarball(NEW));
    registry.release(NEW);
    await expectCleanAfterwards(home);
  },
);

/** Kinds of system calls by which an update changes things, and how many are passed over from one kill to the next. */
const CALLS: Record<string, number> = FULL
  ? { mkdir: 1, rename: 1, symlink: 1, unlink: 1, fsync: 1, fchmod: 1, rmdir: 1, openat: 40 }
  : { rename: 3 };

test(
  "killed at each change that it makes, it leaves one of both versions, and the next run finishes",
  async () => {
    let kills = 0;
    for (const [call, step] of Object.entries(CALLS)) {
      for (let nth = 1, killed = true; killed && nth < 400; nth += step) {
        const home = await homeWithOld();
        killed =
          (await home.traced(["-e", `trace=${call}`, "-e", `inject=${call}:signal=SIGKILL:when=${nth}`]))
            .killed;
        if (killed) kills++;
        expect([OLD, NEW], `${call} ${nth}`).toContain(home.current);
        const said = spawnSync(join(home.root, "current/claude"), ["--version"], { encoding: "utf8" }).stdout;
        expect(said, `${call} ${nth}`).toBe(`${home.current} (Claude Code)\n`);
        await expectCleanAfterwards(home).catch((error) => {
          throw new Error(`after a kill at ${call} number ${nth}`, { cause: error });
        });
      }
    }
    expect(kills).toBeGreaterThan(FULL ? 30 : 1);
  },
  900_000,
);

test("power may be cut: a version is on the disk before it has its name, and its name before it is current", async () => {
  const home = await homeWithOld();
  const { trace } = await home.traced(["-y", "-e", "trace=rename,fsync"]);
  const lines = trace.split("\n");
  const at = (pattern: RegExp) => lines.findIndex((line) => pattern.test(line));
  const named = at(/rename\(".*\/package", ".*\/versions\/2\.1\.310"\)/);
  const current = at(/rename\(".*\.current~.*", ".*\/current"\)/);
  expect(named).toBeGreaterThan(0);
  for (const file of ["package/claude", "package/package.json", "package"]) {
    const synced = at(new RegExp(`fsync\\(\\d+<[^>]*/${file}>\\)`));
    expect(synced, file).toBeGreaterThanOrEqual(0);
    expect(synced, file).toBeLessThan(named);
  }
  const after = (line: number, pattern: RegExp) =>
    lines.findIndex((text, i) => i > line && pattern.test(text));
  expect(after(named, /fsync\(\d+<[^>]*\/versions>\)/)).toBeLessThan(current);
  expect(after(named, /fsync\(\d+<[^>]*\/versions>\)/)).toBeGreaterThan(named);
  expect(after(current, /fsync\(\d+<[^>]*\/claude-code>\)/)).toBeGreaterThan(current);
});
