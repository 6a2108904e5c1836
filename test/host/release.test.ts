import { execFileSync, spawn } from "node:child_process";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import manifest from "../../package.json" with { type: "json" };
import { platformOf } from "../../src/remote/elf.ts";
import { startRegistry } from "../registry.ts";
import { freshHost } from "./fresh_host.ts";
import { Lab } from "./lab.ts";
import { run } from "./login_host.ts";
import { BINARY } from "./ops.ts";
import { freePort } from "./sshd.ts";

const { version } = manifest;
const TOP = fileURLToPath(new URL("../..", import.meta.url));
const commit = execFileSync("git", ["rev-parse", "--short=12", "HEAD"], { cwd: TOP, encoding: "utf8" })
  .trim();
const tarball = `claude-ops-${version}-linux-x64.tar.gz`;

describe.runIf(process.env.CLAUDE_OPS_TEST_FULL === "1")("a release", () => {
  const scratch = mkdtempSync(join(tmpdir(), "release-"));
  const made = join(scratch, "first");
  const release = (directory: string) =>
    execFileSync(join(TOP, "scripts/release"), ["--only", "linux-x64 linux-arm64", directory], {
      stdio: "pipe",
    });
  beforeAll(() => release(made), 900_000);
  afterAll(() => rmSync(scratch, { recursive: true, force: true }));

  test("made twice of one commit has the same bytes, as its checksums say", () => {
    release(join(scratch, "second"));
    const sums = readFileSync(join(made, "SHA256SUMS"), "utf8");
    expect(readFileSync(join(scratch, "second/SHA256SUMS"), "utf8")).toBe(sums);
    expect(sums.trim().split("\n")).toHaveLength(10);
    execFileSync("sha256sum", ["--check", "--strict", "SHA256SUMS"], { cwd: made, stdio: "pipe" });
  }, 900_000);

  test("names all that is inside, with the licences", () => {
    const bill = JSON.parse(readFileSync(join(made, `claude-ops-${version}.cdx.json`), "utf8"));
    const names = bill.components.map(({ name }: { name: string }) => name);
    expect(names).toEqual(expect.arrayContaining([...Object.keys(manifest.dependencies), "bun"]));
    expect(names).not.toContain("vitest");
    const licences = readFileSync(join(made, "THIRD-PARTY-LICENSES.txt"), "utf8");
    for (const name of names) expect(licences).toContain(`\n${name} `);
    expect(licences).toContain("Copyright Brian White");
  });

  test("install.sh puts the program in place, and nothing that was not released", async () => {
    const served = join(scratch, "served");
    mkdirSync(served);
    execFileSync("cp", [join(made, tarball), served]);
    const port = await freePort();
    const server = spawn("python3", ["-m", "http.server", `${port}`, "--bind", "127.0.0.1", "-d", served], {
      stdio: "ignore",
    });
    onTestFinished(() => void server.kill("SIGKILL"));
    const home = join(scratch, "home");
    const install = () =>
      run(["sh", join(made, "install.sh")], {
        env: { HOME: home, CLAUDE_OPS_URL: `http://127.0.0.1:${port}` },
      });
    const program = join(home, ".local/bin/claude-ops");
    let installed = await install();
    for (let tries = 0; installed.stderr.includes("could not fetch") && tries < 20; tries++) {
      await new Promise((resolve) => setTimeout(resolve, 200)); // the server starts
      installed = await install();
    }
    expect(installed.stderr).toContain(`installed ${program} (${version})`);
    expect(execFileSync(program, ["--version"], { encoding: "utf8" })).toContain(`${version} (${commit})`);

    rmSync(program);
    appendFileSync(join(served, tarball), "x");
    expect((await install()).stderr).toMatch(
      /error: .* is not what was released: .*\nhint: nothing was installed/,
    );
    writeFileSync(join(served, tarball), readFileSync(join(made, tarball)).subarray(0, 1e6));
    expect((await install()).stderr).toContain("is not what was released");
    rmSync(join(served, tarball));
    expect(await install()).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("error: could not fetch"),
    });
    expect(existsSync(program)).toBe(false);
  });

  test(
    "npx claude-ops runs it out of a registry, and fetches the one for another processor from there",
    async () => {
      const registry = await startRegistry({
        storage: join(scratch, "storage"),
        offline: true,
        publish: true,
      });
      onTestFinished(() => registry.stop());
      const home = mkdtempSync(join(scratch, "npx-"));
      const { host } = new URL(registry.url);
      writeFileSync(
        join(home, ".npmrc"),
        `registry=${registry.url}\n//${host}/:_authToken=${await registry.login()}\n`,
      );
      const env = {
        HOME: home,
        npm_config_userconfig: join(home, ".npmrc"),
        npm_config_cache: join(home, "cache"),
      };
      for (const name of ["-linux-x64", "-linux-arm64", ""]) {
        const published = await run(
          ["npm", "publish", join(made, "npm", `claude-ops${name}-${version}.tgz`)],
          {
            env,
          },
        );
        expect(published.status, published.stderr).toBe(0);
      }
      const npx = (...words: string[]) =>
        run(["env", "-C", home, "npx", "--yes", "claude-ops", ...words], { env, timeout: 120_000 });
      const told = await npx("--version");
      expect(told.stdout.toString(), told.stderr).toContain(`${version} (${commit})`);
      expect(await npx("no-such-command")).toMatchObject({ status: 2 });

      // A host whose kernel says that it is another: the right program is brought, and found not to start there.
      const other = await freshHost();
      await other.exec(["sh", "-c", 'cat >/usr/local/bin/uname; chmod 755 "$0"', "/usr/local/bin/uname"], {
        input: '#!/bin/sh\n[ "$1" = -m ] && echo aarch64 || exec /usr/bin/uname "$@"\n',
      });
      const install = () => npx("install", `host${other.number}`, "--ssh-config", Lab.sshConfig);
      const expected = expect.stringMatching(/claude-ops does not start on host\d+: .*Exec format error/);
      expect(await install()).toMatchObject({ status: 1, stderr: expected });
      await registry.stop();
      expect(await install()).toMatchObject({ status: 1, stderr: expected });
      rmSync(join(home, ".cache/claude-ops/programs"), { recursive: true });
      expect(await install()).toMatchObject({
        status: 1,
        stderr: expect.stringMatching(/claude-ops-linux-arm64 .* could not be fetched: .* cannot be reached/),
      });
      expect(await other.sh("ls /usr/local/bin")).toBe("uname\n");
    },
    600_000,
  );

  test("the Debian package installs and leaves nothing behind", async () => {
    const host = await freshHost();
    const { glibc } = (await platformOf(BINARY))!;
    const depends = execFileSync("dpkg-deb", [
      "-f",
      join(made, `claude-ops_${version}_amd64.deb`),
      "Depends",
    ]);
    expect(`${depends}`).toBe(`libc6 (>= ${glibc})\n`);
    await host.put(join(made, `claude-ops_${version}_amd64.deb`), "/tmp/claude-ops.deb");
    await host.exec(["dpkg", "-i", "/tmp/claude-ops.deb"]);
    expect(await host.exec(["claude-ops", "--version"])).toContain(`${version} (${commit})`);
    // The hosts leave documentation out.
    expect(await host.sh("dpkg --verify claude-ops | grep -v /usr/share/doc || true")).toBe(
      "",
    );
    await host.exec(["dpkg", "--purge", "claude-ops"]);
    expect(await host.sh("find /usr /etc /var/lib/dpkg/info -name '*claude-ops*'")).toBe("");
  });
});
