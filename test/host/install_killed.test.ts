import { describe, expect, test } from "vitest";
import { startRegistry } from "../registry.ts";
import { killAt } from "./kill_at.ts";
import { type Host, Lab } from "./lab.ts";
import { BINARY, difference, ownedByUseradd, snapshot } from "./ops.ts";
import { expectSound } from "./sound.ts";
import { useRegistry } from "./managed_host.ts";

// The program is killed as it enters each system call by which it changes anything, and each by which it starts one of
// the host's tools. So every state that it can leave behind is tried, also those of steps that are added later.
const FULL = process.env.CLAUDE_OPS_TEST_FULL === "1";
/** Kinds of system calls, and how many of them are passed over from one kill to the next. */
const CALLS: Record<string, number> = FULL
  ? Object.fromEntries(
    [
      "mkdir",
      "rename",
      "symlink",
      "copy_file_range",
      "vfork",
      "chmod",
      "fchmod",
      "fchown",
      "fsync",
      "ftruncate",
      "unlink",
    ]
      .map((call) => [call, 1]),
  )
  : { mkdir: 6, rename: 3, copy_file_range: 1, vfork: 20 };
const PROGRAM = "/opt/claude-ops"; // as it comes, before it is installed
const INSTALL = [PROGRAM, "install", "--system", "--user", "dev", "--claude-version", "none", "--json"];
const KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIK0testtesttesttesttesttesttesttesttesttest it";
const LEFTOVERS = "find /etc /usr/local /opt /home /tmp -xdev " +
  "\\( -name '.*.tmp' -o -name '*.partial' -o -name '.*~*' -o -name '*.before-claude-ops' \\)";

async function hostWithProgram(): Promise<Host> {
  const host = await Lab.host();
  await host.put(BINARY, PROGRAM);
  return host;
}

// deno-lint-ignore no-explicit-any
async function run(host: Host, argv: string[]): Promise<any> {
  // What fails says so in its summary.
  const said = await host.exec(["sh", "-c", '"$@" || :', "sh", ...argv]);
  return JSON.parse(said.trim().split("\n").at(-1)!);
}

async function expectFinished(host: Host, install: string[] = INSTALL): Promise<void> {
  const finished = await run(host, install);
  expect(finished.steps.filter(({ status }: { status: string }) => status === "failed")).toEqual([]);
  expect(finished.ok).toBe(true);
  expect(await run(host, install)).toMatchObject({ ok: true, changed: 0 });
  expect(await host.sh(LEFTOVERS)).toBe("");
}

/** Kills at the 1st, 2nd, … call of each kind, until there are no more. Returns how many kills there were. */
async function killEverywhere(host: Host, argv: string[], after: () => Promise<void>): Promise<number> {
  let kills = 0;
  for (const [call, step] of Object.entries(CALLS)) {
    for (let nth = 1;; nth += step) {
      const killed = await killAt(host, argv, call, nth);
      try {
        await after();
      } catch (error) {
        throw new Error(`after a kill at ${call} number ${nth}`, { cause: error });
      }
      if (!killed) break;
      kills++;
    }
  }
  return kills;
}

describe.concurrent("install is killed, then run again", () => {
  test("root's part: at every change it finishes, and uninstall leaves nothing behind", async () => {
    const host = await hostWithProgram();
    const fresh = await snapshot(host);
    const kills = await killEverywhere(host, INSTALL, async () => {
      await expectSound(host);
      await expectFinished(host);
      expect(await run(host, [PROGRAM, "uninstall", "--purge", "--yes", "--json"])).toMatchObject({
        ok: true,
      });
      expect(difference(fresh, await snapshot(host)).filter((line) => !ownedByUseradd(line))).toEqual([]);
    });
    expect(kills).toBeGreaterThan(FULL ? 50 : 4);
    await host.down();
  }, 900_000);

  test("the user's part: at every change it finishes", async () => {
    const host = await hostWithProgram();
    const install = [...INSTALL, "--authorized-key", KEY];
    await run(host, install);
    const asUser = ["setpriv", "--reuid=dev", "--regid=dev", "--init-groups", "env", "HOME=/home/dev"];
    const home = [...asUser, PROGRAM, "install", "--scope", "home", "--authorized-key", KEY, "--json"];
    const empty = () => host.exec(["rm", "-rf", "/home/dev/.claude", "/home/dev/.ssh"]);
    await empty();
    const kills = await killEverywhere(host, home, async () => {
      await expectFinished(host, install);
      await empty();
    });
    expect(kills).toBeGreaterThan(FULL ? 20 : 1);
    await host.down();
  }, 900_000);

  test.runIf(FULL)("Claude Code's download: at any moment", async () => {
    const host = await hostWithProgram();
    const registry = await startRegistry({ address: await Lab.bridge() });
    await useRegistry(host, registry);
    const install = [
      PROGRAM,
      "install",
      "--system",
      "--user",
      "dev",
      "--claude-version",
      "2.1.329",
      "--json",
    ];
    const started = Date.now();
    await expectFinished(host, install);
    const whole = (Date.now() - started) / 1000;
    for (let part = 1; part <= 12; part++) {
      await host.sh("rm -rf /opt/claude-code");
      await host.exec([
        "sh",
        "-c",
        '"$@" || :',
        "sh",
        "timeout",
        "-s",
        "KILL",
        `${whole * part / 12}`,
        ...install,
      ]);
      await expectFinished(host, install);
      expect(await host.exec(["claude", "--version"])).toContain("2.1.329");
    }
    await registry.stop();
    await host.down();
  }, 900_000);
});
