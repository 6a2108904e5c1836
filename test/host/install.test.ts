import { afterAll, beforeAll, expect, test } from "vitest";
import { type Registry, startRegistry } from "../registry.ts";
import { type Host, Lab } from "./lab.ts";
import { difference, Operator, ownedByUseradd, snapshot } from "./ops.ts";
import { useRegistry } from "./managed_host.ts";

const VERSION = "2.1.329";
let operator: Operator;
let registry: Registry;

beforeAll(async () => {
  operator = new Operator();
  registry = await startRegistry({ address: await Lab.bridge() });
});
afterAll(async () => {
  operator.remove();
  await registry.stop();
});

/** A host that finds the registry on the bridge, by root's own npm settings. */
async function hostWithRegistry(): Promise<Host> {
  const host = await Lab.host();
  await useRegistry(host, registry);
  return host;
}

test("a fresh host is set up, a second run changes and sends nothing, and uninstall keeps the user's own", async () => {
  const host = await hostWithRegistry();
  const target = `host${host.number}`;

  const first = await operator.summary(["install", target, "--user", "dev", "--claude-version", VERSION]);
  expect(first.steps.filter(({ status }: { status: string }) => status === "failed")).toEqual([]);
  expect(first).toMatchObject({ host: target, ok: true, exit: 0 });
  expect(first.sentBytes).toBeGreaterThan(1e6);

  expect((await operator.run(["log", target])).stdout).toMatch(
    new RegExp(`root +updated +none → ${VERSION} +claude-ops install`),
  );

  expect(await operator.summary(["install", target, "--user", "dev", "--claude-version", VERSION]))
    .toMatchObject({ ok: true, changed: 0, sentBytes: 0, exit: 0 });
  expect(await operator.summary(["install", target, "--user", "dev", "--check"])).toMatchObject({
    changed: 0,
    exit: 0,
  });

  const layout = await host.exec(["stat", "-c", "%n %U %a", ...[
    "/usr/local/bin/claude-ops",
    "/etc/sudoers.d/claude-update",
    `/opt/claude-code/versions/${VERSION}`,
    `/opt/claude-code/versions/${VERSION}/claude`,
    "/home/dev/.claude",
    "/home/dev/.claude/sessions",
  ]]);
  expect(layout.trim().split("\n")).toEqual([
    "/usr/local/bin/claude-ops root 755",
    "/etc/sudoers.d/claude-update root 440",
    `/opt/claude-code/versions/${VERSION} root 755`,
    `/opt/claude-code/versions/${VERSION}/claude root 755`,
    "/home/dev/.claude dev 700",
    "/home/dev/.claude/sessions dev 700",
  ]);
  expect(await host.sshAs("dev", ["claude-session", "--help"])).toContain("Usage: claude-session");
  expect(await host.exec(["readlink", "/opt/claude-code/current", "/usr/local/bin/claude"]))
    .toBe(`versions/${VERSION}\n/opt/claude-code/current/claude\n`);
  expect(await host.exec(["visudo", "-c"])).toContain("/etc/sudoers.d/claude-update: parsed OK");
  const rule = (await host.exec(["grep", "-v", "^#", "/etc/sudoers.d/claude-update"])).trim();
  expect(rule).not.toMatch(/[*?[\]]|\bSETENV/);
  expect(rule).toContain(
    "dev ALL=(root:root) NOPASSWD:NOSETENV: /usr/local/bin/claude-ops update --system --json",
  );

  // The operator's key lets the new user in at once, and the real Claude Code runs for them.
  const said = await host.sshAs("dev", ["claude", "--version"]);
  expect(said).toContain(VERSION);
  expect(await host.sshAs("dev", ["sudo", "-n", "/usr/local/bin/claude-ops", "update", "--system", "--json"]))
    .toContain('"status":"current"');
  await expect(host.sshAs("dev", ["sudo", "-n", "/usr/local/bin/claude-ops", "update", "--system"])).rejects
    .toThrow();

  // What nobody has is not wished for from then on.
  expect(await operator.summary(["install", target, "--user", "dev", "--claude-version", "9.9.9"]))
    .toMatchObject({ ok: false, exit: 1 });
  expect(await host.exec(["cat", "/etc/claude-ops/users/dev.json"])).toContain(`"claude": "${VERSION}"`);

  // The user's own install or uninstall would be half of something.
  const before = await snapshot(host);
  for (const words of [["install"], ["install", "--check"], ["uninstall", "--force"]]) {
    await expect(host.sshAs("dev", ["claude-ops", ...words])).rejects.toThrow("is for root to do");
  }
  expect(difference(before, await snapshot(host))).toEqual([]);

  const kept = await operator.summary(["uninstall", target]);
  expect(kept).toMatchObject({ ok: true, exit: 0 });
  expect((await host.exec(["ls", "-A", "/home/dev/.ssh"])).trim()).toBe("authorized_keys");
  expect((await operator.run(["doctor", target])).stderr).toContain("is not installed");
  await host.down();
});

test("uninstall --purge right after install leaves the host as it was", async () => {
  const host = await Lab.host();
  const fresh = await snapshot(host);
  const target = `host${host.number}`;
  await operator.summary(["install", target, "--claude-version", "none"]);
  expect((await operator.run(["uninstall", target, "--purge"])).stderr + "").toContain("--yes");
  expect(await operator.summary(["uninstall", target, "--purge", "--yes"])).toMatchObject({ ok: true });
  expect(difference(fresh, await snapshot(host)).filter((line) => !ownedByUseradd(line))).toEqual([]);

  // Also where an uninstall in between has forgotten who made the account.
  await operator.summary(["install", target, "--claude-version", "none"]);
  await operator.summary(["uninstall", target]);
  expect(await operator.run(["uninstall", target])).toMatchObject({
    code: 0,
    stderr: expect.stringContaining("claude-ops  is not installed: nothing to take away"),
  });
  expect((await operator.run(["uninstall", target, "--purge", "--yes"])).stderr)
    .toContain(`install ${target} --claude-version none, then this again`);
  await operator.summary(["install", target, "--claude-version", "none"]);
  expect(await operator.summary(["uninstall", target, "--purge", "--yes"])).toMatchObject({ ok: true });
  await expect(host.exec(["id", "claude"])).rejects.toThrow("no such user");
  await host.down();
});

test("--check on a fresh host names what would change, exits with 3, and leaves no trace", async () => {
  const host = await Lab.host();
  const fresh = await snapshot(host);
  const checked = await operator.run(["install", `host${host.number}`, "--user", "dev", "--check"]);
  expect(checked.code).toBe(3);
  expect(checked.stderr).toMatch(/claude-ops .*would be sent/);
  expect(checked.stderr).toContain("user dev");
  expect(checked.stderr).toContain("sudoers rule");
  expect(difference(fresh, await snapshot(host))).toEqual([]);
  await host.down();
});

test("a host without a way to a registry gets Claude Code through the SSH connection, once", async () => {
  const host = await Lab.host();
  const target = `host${host.number}`;
  const first = await operator.summary(["install", target, "--claude-version", VERSION], {
    timeout: 300_000,
  });
  expect(first).toMatchObject({ ok: true, exit: 0 });
  expect(first.steps).toContainEqual(expect.objectContaining({ id: "claude-package", status: "changed" }));
  // The host's own try came first, and what it changed counts.
  expect(first.steps).toContainEqual(expect.objectContaining({ id: "user:claude", status: "changed" }));
  expect(first.changed).toBeGreaterThan(25);
  expect(await host.exec(["/usr/local/bin/claude", "--version"])).toMatch(/^\d+\.\d+\.\d+ \(Claude Code\)/);
  expect(await operator.summary(["install", target, "--claude-version", VERSION, "--via-ssh"]))
    .toMatchObject({ ok: true, changed: 0, sentBytes: 0 });
  expect((await host.exec(["ls", "-A", "/opt/claude-code"])).trim().split("\n")).toEqual([
    ".switching",
    "current",
    "log",
    "versions",
  ]);
  await host.down();
}, 400_000);

test("a host that is not known is refused where nobody can answer, and nothing is sent", async () => {
  const host = await Lab.host();
  const stranger = new Operator();
  const ran = await stranger.run(["install", `root@${host.address}`, "--json"]);
  expect(ran.code).toBe(1);
  expect(ran.stderr + ran.stdout).toMatch(/--accept-new/);
  expect((await host.bytes()).received).toBeLessThan(200_000);
  stranger.remove();
  await host.down();
});

test("one host's failure does not stop the other, and says itself which one and why", async () => {
  const host = await Lab.host();
  const ran = await operator.run(["install", `host${host.number}`, "host199", "--claude-version", "none"]);
  expect(ran.code).toBe(1);
  expect(ran.stderr).toMatch(/^1 of 2 hosts failed\n {2}host199 +\S.*\n +hint: /m);
  await host.exec(["test", "-x", "/usr/local/bin/claude-ops"]);
  await host.down();
});
