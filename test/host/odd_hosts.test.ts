import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { freshHost } from "./fresh_host.ts";
import { type Host, Lab } from "./lab.ts";
import { registryForHosts, useRegistry, VERSION } from "./managed_host.ts";
import { difference, Operator } from "./ops.ts";
import { scratch } from "../unit/scratch.ts";

// Hosts that lack what others have. Nothing but busybox and dropbear on one, which is made ever poorer.
const operator = new Operator();
let host: Host;
let name: string;
let fresh: string[];
beforeAll(async () => {
  host = await Lab.host({ system: "busybox" });
  name = `root@host${host.number}`;
});
afterAll(async () => {
  operator.remove();
  await host.down();
});

const sh = (script: string) => host.sh(script);
/** Everything that people would miss, as busybox can list it. */
const snapshot = async () =>
  (await sh(
    "cd /; find etc home opt root usr/local var tmp | xargs stat -c '%n %f %u:%g %N'; " +
      "find etc home opt root usr/local var tmp -type f | xargs sha256sum",
  )).split("\n");
const install = (...words: string[]) =>
  operator.run(["install", name, "--claude-version", "none", "--user", "dev", ...words]);

/** An install that changes nothing. */
async function refused(...words: string[]) {
  const before = await snapshot();
  const { received } = await host.bytes();
  const ran = await install(...words);
  expect(difference(before, await snapshot())).toEqual([]);
  return { code: ran.code, said: ran.stderr, received: (await host.bytes()).received - received };
}

test("without useradd a user that does not exist is refused before anything is sent", async () => {
  const { code, said, received } = await refused();
  expect([code, received < 200_000]).toEqual([1, true]);
  expect(said).toContain("there is no user dev, and no useradd to make one with");
  expect(said).toContain("hint: nothing was changed");
});

test("with nothing but busybox and dropbear all is installed that can be, and the rest is said", async () => {
  await sh("echo dev:*:1000:1000::/home/dev:/bin/sh >>/etc/passwd; echo dev:x:1000: >>/etc/group");
  await sh("mkdir /home/dev; chown dev:dev /home/dev");
  fresh = await snapshot();
  expect((await install("--check")).code).toBe(3);
  expect(difference(fresh, await snapshot())).toEqual([]);

  const first = await operator.summary(["install", name, "--claude-version", "none", "--user", "dev"]);
  expect(first).toMatchObject({ ok: true, exit: 0 });
  const skipped = first.steps.filter(({ status }: { status: string }) => status === "skipped");
  expect(skipped.map(({ id }: { id: string }) => id)).toEqual(["sudoers", "schedule"]);
  expect(await sh("su dev -c '.claude/bin/claude-session --help'; cd /home/dev; ls -ld .claude/bin"))
    .toContain(
      "dev ",
    );
  const again = await operator.summary(["install", name, "--claude-version", "none", "--user", "dev"]);
  expect(again).toMatchObject({ ok: true, changed: 0, sentBytes: 0 });

  const { findings } = await operator.summary(["doctor", name]);
  const broken = findings.filter(({ status }: { status: string }) => status === "broken");
  expect(broken).toEqual([]);
  expect(findings.map(({ id }: { id: string }) => id)).toEqual(
    expect.arrayContaining(["sudoers", "dev/job:update", "dev/job:cleanup"]),
  );
  for (const words of [["status"], ["session", "list"], ["schedule"], ["log"], ["cleanup", "--dry-run"]]) {
    expect([words, (await operator.run([...words, name])).code]).toEqual([words, 0]);
  }
}, 300_000);

test("users of such a host are told what only root can do, and install for themselves what they may", async () => {
  const as = (user: string, script: string) => sh(`su ${user} -c 'cd; ${script}; echo $?' 2>&1`);
  expect(await as("dev", "claude-ops update")).toMatch(
    /no sudo on this host.*\nhint: as root: claude-ops update\n1\n$/,
  );
  await sh("echo eve:*:1001:1001::/home/eve:/bin/sh >>/etc/passwd; mkdir /home/eve; chown 1001 /home/eve");
  const own = await as("eve", "claude-ops install --claude-version none");
  expect(own).toMatch(/crontab entries +left out: crontab: must be suid[^]*\n0\n$/);
  expect(await as("eve", "claude-ops uninstall --purge --yes")).toMatch(/\n0\n$/);
  expect(await as("eve", "ls -A")).toBe("0\n");
  await sh("sed -i /^eve/d /etc/passwd; rm -r /home/eve");
});

test("a program that does not start there is not put in place of the one that is", async () => {
  // Where nothing may be executed, the one that is sent cannot be tried.
  await sh("cp -p /usr/local/bin/claude-ops /tmp; mount -t tmpfs -o noexec none /usr/local/bin");
  await sh("cd /usr/local/bin; cp -p /tmp/claude-ops .; echo >>claude-ops");
  const { code, said } = await refused();
  expect([code, said]).toEqual([1, expect.stringContaining("claude-ops does not start on root@host")]);
  expect(said).toContain("hint: is the file system mounted with noexec?; nothing was changed there");
  await sh("umount /usr/local/bin; rm /tmp/claude-ops");
}, 300_000);

test("uninstall takes away all that was installed", async () => {
  expect((await operator.run(["uninstall", name, "--purge", "--yes"])).code).toBe(0);
  expect(difference(fresh, await snapshot())).toEqual([]);
});

test("a glibc that is too old is refused before anything is sent", async () => {
  await sh(
    "printf '#!/bin/sh\\necho glibc 2.12\\n' >/bin/getconf; chmod 755 /bin/getconf",
  );
  const { code, said, received } = await refused();
  expect([code, received < 200_000]).toEqual([1, true]);
  expect(said).toContain("claude-ops needs glibc 2.17 or newer, and the host has 2.12");
  await sh("rm /bin/getconf");
});

test("without a C library it is refused before anything is sent", async () => {
  await sh("mv /lib64/ld-linux-x86-64.so.2 /lib64/away");
  expect(await refused()).toMatchObject({ code: 1, said: expect.stringContaining("neither glibc nor musl") });
});

describe.runIf(process.env.CLAUDE_OPS_TEST_FULL === "1")("in the full tests", () => {
  test("where musl lacks libstdc++ that is said, and nothing is put in place", async () => {
    const directory = scratch();
    const top = fileURLToPath(new URL("../..", import.meta.url));
    const run = (program: string, ...words: string[]) =>
      execFileSync(program, words, { cwd: directory, stdio: "pipe" });
    const program = join(directory, "claude-ops-linux-x64-musl");
    execFileSync(join(top, "node_modules/.bin/bun"), [
      "scripts/bundle.ts",
      program,
      "x",
      "bun-linux-x64-musl",
    ], {
      cwd: top,
      stdio: "pipe",
    });
    run("apt-get", "-qq", "download", "musl");
    run("sh", "-c", "dpkg -x musl_*.deb .");
    // The loader of glibc went away in the test before.
    await host.put(join(directory, "lib/ld-musl-x86_64.so.1"), "/lib/ld-musl-x86_64.so.1");
    expect((await refused()).said).toContain("there is no claude-ops for x64 with musl here");
    const { code, said } = await refused("--binary", program);
    expect([code, said]).toEqual([1, expect.stringContaining("Error loading shared library libstdc++.so.6")]);
    expect(said).toContain("apk add libstdc++");
  });

  test(
    "Debian 11: installed with Claude Code, a session starts, jobs run, all is well, and it goes again",
    async () => {
      const registry = await registryForHosts();
      onTestFinished(() => registry.stop());
      const old = await freshHost({ system: "debian11" });
      const target = `host${old.number}`;
      expect(await old.exec(["getconf", "GNU_LIBC_VERSION"])).toBe("glibc 2.31\n");
      await useRegistry(old, registry);
      await old.exec(["mv", "/usr/bin/sha256sum", "/usr/bin/away"]);
      expect((await operator.run(["install", target])).stderr).toContain("has no sha256sum");
      await old.exec(["mv", "/usr/bin/away", "/usr/bin/sha256sum"]);

      const words = ["install", target, "--user", "dev", "--claude-version", VERSION];
      expect(await operator.summary(words, { timeout: 240_000 })).toMatchObject({ ok: true });
      expect(await operator.summary(words)).toMatchObject({ ok: true, changed: 0 });
      const session = [
        "runuser",
        "-u",
        "dev",
        "--",
        "/home/dev/.claude/bin/claude-session",
        "t",
        "--",
        "--version",
      ];
      expect(await old.exec(session)).toContain(VERSION);
      for (const job of ["cleanup", "update"]) {
        await old.exec(["systemctl", "start", `claude-ops-${job}@dev`]);
      }
      expect(await operator.summary(["doctor", target])).toMatchObject({ exit: 0, findings: [] });
      expect((await operator.run(["uninstall", target, "--purge", "--yes"])).code).toBe(0);
    },
    600_000,
  );
});
