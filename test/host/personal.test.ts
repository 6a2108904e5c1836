import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Registry, startRegistry } from "../registry.ts";
import { freshHost } from "./fresh_host.ts";
import { Lab } from "./lab.ts";
import { BINARY, difference, snapshot } from "./ops.ts";

let registry: Registry;
beforeAll(async () => {
  registry = await startRegistry({ address: await Lab.bridge() });
});
afterAll(() => registry.stop());

const setting = (name: string) =>
  execFileSync("npm", ["config", "get", name], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] })
    .trim();

test("somebody installs for themselves in a scratch home: the real package from the configured registry, and nothing outside", () => {
  const home = mkdtempSync(join(tmpdir(), "personal-"));
  const env = {
    HOME: home,
    PATH: `${home}/.local/bin:/usr/bin:/bin`,
    LANG: "C.UTF-8",
    npm_config_registry: setting("registry"),
    NODE_EXTRA_CA_CERTS: process.env.NODE_EXTRA_CA_CERTS ?? "",
  };
  const ops = (program: string, ...argv: string[]) =>
    execFileSync(program, argv, { env, encoding: "utf8", cwd: home, stdio: ["ignore", "pipe", "pipe"] });
  // deno-lint-ignore no-explicit-any
  const last = (text: string): any => JSON.parse(text.trim().split("\n").at(-1)!);
  try {
    const first = last(ops(BINARY, "install", "--json"));
    expect(first).toMatchObject({ ok: true, sentBytes: 0 });
    expect(last(ops(BINARY, "install", "--json"))).toMatchObject({ ok: true, changed: 0 });
    expect(last(ops(BINARY, "install", "--claude-version", "latest", "--json"))).toMatchObject({
      changed: 0,
    });
    expect(readdirSync(home).sort()).toEqual([".claude", ".local"]);

    const version = /^(\S+) \(Claude Code\)/.exec(ops("claude", "--version"))![1]!;
    expect(ops(`${home}/.claude/bin/claude-session`, "mine", "--", "--version")).toContain(version);
    const { sessions } = last(ops("claude-ops", "session", "list", "--json"));
    expect(sessions).toMatchObject([{ name: "mine", live: false, version }]);
    // The newest release may be newer than the newest verified, which is said, with exit status 3; and somebody else may
    // have started a Claude Code as this user.
    const doctor = spawnSync("claude-ops", ["doctor", "--json"], { env, encoding: "utf8", cwd: home });
    const { findings } = last(doctor.stdout);
    expect(findings.filter(({ id }: { id: string }) => !/^(claude-version|bare-claude)$/.test(id))).toEqual(
      [],
    );

    writeFileSync(`${home}/.claude/skills/mine.md`, "kept");
    expect(last(ops("claude-ops", "uninstall", "--json"))).toMatchObject({ ok: true });
    expect(existsSync(`${home}/.local`)).toBe(false);
    expect(readdirSync(`${home}/.claude/sessions`)).toHaveLength(1);
    expect(readdirSync(`${home}/.claude/skills`)).toEqual(["mine.md"]);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
});

test("older scripts in the way are put aside, and another installation of Claude Code is left alone and named", () => {
  const home = mkdtempSync(join(tmpdir(), "personal-"));
  const env = { HOME: home, PATH: "/usr/bin:/bin", LANG: "C.UTF-8" };
  try {
    mkdirSync(`${home}/.claude/bin`, { recursive: true });
    writeFileSync(`${home}/.claude/bin/claude-session`, "#!/bin/sh\n", { mode: 0o755 });
    mkdirSync(`${home}/.local/bin`, { recursive: true });
    writeFileSync(`${home}/.local/bin/claude`, "#!/bin/sh\n", { mode: 0o755 });
    const said = execFileSync(BINARY, ["install", "--claude-version", "none", "--json"], {
      env,
      encoding: "utf8",
    });
    expect(said).toContain("left alone: another installation of Claude Code is there");
    expect(existsSync(`${home}/.claude/bin/claude-session.before-claude-ops`)).toBe(true);
    expect(execFileSync("cat", [`${home}/.local/bin/claude`], { encoding: "utf8" })).toBe("#!/bin/sh\n");
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
});

test("a user without root installs on a host: timers of their own service manager, and only their home is touched", async () => {
  const host = await freshHost();
  await host.put(BINARY, "/opt/claude-ops");
  await host.exec(["useradd", "--create-home", "--shell", "/bin/bash", "--password", "*", "ann"]);
  await host.exec([
    "sh",
    "-c",
    "install -d -o ann -m 700 /home/ann/.ssh; install -o ann -m 600 /root/.ssh/authorized_keys /home/ann/.ssh/; echo registry=$0 > /home/ann/.npmrc",
    registry.url,
  ]);
  const before = await snapshot(host);
  const ann = (...argv: string[]) => host.sshAs("ann", argv);

  expect(JSON.parse((await ann("/opt/claude-ops", "install", "--json")).trim().split("\n").at(-1)!))
    .toMatchObject({ ok: true });
  expect(await ann("systemctl", "--user", "list-timers", "--all")).toContain("claude-ops-cleanup.timer");
  expect(JSON.parse((await ann("/opt/claude-ops", "install", "--json")).trim().split("\n").at(-1)!))
    .toMatchObject({ changed: 0 });
  await ann("systemctl", "--user", "start", "claude-ops-update.service", "claude-ops-cleanup.service");
  expect(await ann("cat", ".claude/update.log")).toMatch(/ current=2\.\d+\.\d+/);
  for (
    const { keeper, last, next } of JSON.parse(await ann(".local/bin/claude-ops", "schedule", "--json")).jobs
  ) {
    expect([keeper, last.result, Date.parse(next) > Date.now()]).toEqual(["systemd", "ok", true]);
  }
  expect(difference(before, await snapshot(host)).filter((line) => !line.includes("/home/ann/"))).toEqual([]);

  // As docs/schedule.md has it: more would need a user namespace, from which nobody sees what runs.
  const security = await ann(
    "systemd-analyze",
    "--user",
    "security",
    "--no-pager",
    "claude-ops-update.service",
  );
  expect(Number(/Overall exposure level for .*: ([\d.]+)/.exec(security)?.[1])).toBeLessThan(6.6);
  const seen = (...properties: string[]) =>
    ann(
      "sh",
      "-c",
      'sleep 60 & systemd-run --user --quiet --pipe --wait "$@" readlink /proc/$!/exe; kill $!',
      "sh",
      ...properties,
    );
  expect(await seen()).toContain("/sleep");
  expect(await seen("-p", "PrivateUsers=yes")).toBe("");

  await ann("/opt/claude-ops", "uninstall", "--purge", "--yes", "--json");
  // The account's own directories stay, and those in which its service manager keeps its timers' times.
  const usual = /\/home\/ann\/(\.config|\.claude|\.local(\/share(\/systemd(\/timers)?)?)?) d /;
  const rest = difference(before, await snapshot(host)).filter((line) => !usual.test(line));
  expect(rest).toEqual([]);
});

test("where no service manager listens, the crontab keeps time, and its other lines stay", async () => {
  const host = await freshHost();
  await host.put(BINARY, "/opt/claude-ops");
  await host.exec(["useradd", "--create-home", "--password", "*", "bob"]);
  const bob = (...argv: string[]) =>
    host.exec(["runuser", "-u", "bob", "--", "env", "HOME=/home/bob", ...argv]);
  await host.exec(["crontab", "-u", "bob", "-"], { input: "0 5 * * * /bin/true # mine\n" });
  await bob("/opt/claude-ops", "install", "--claude-version", "none", "--json");
  const crontab = await bob("crontab", "-l");
  expect(crontab).toContain("/bin/true # mine");
  expect(crontab).toContain("37 * * * * /home/bob/.local/bin/claude-ops schedule perform update --by cron");
  expect(
    JSON.parse(
      (await bob("/opt/claude-ops", "install", "--claude-version", "none", "--json")).trim().split("\n").at(
        -1,
      )!,
    ),
  ).toMatchObject({ changed: 0 });
  await bob("/opt/claude-ops", "uninstall", "--json");
  expect(await bob("crontab", "-l")).toBe("0 5 * * * /bin/true # mine\n");
});
