import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { program } from "../packages.ts";
import { type Registry, startRegistry } from "../registry.ts";
import { until } from "../unit/session_host.ts";
import { freshHost } from "./fresh_host.ts";
import { ask, VERSION } from "./managed_host.ts";
import { BINARY, Operator } from "./ops.ts";
import { scratchForAll } from "../unit/scratch.ts";

/** A real release, one of the oldest that are supported. */
const OLD = "2.1.268";
const PACKAGE = "lib/node_modules/@anthropic-ai/claude-code";
const home = scratchForAll();
let registry: Registry;

/** A home where the real package was installed by the real npm, with a prefix of the user's own. */
beforeAll(async () => {
  registry = await startRegistry();
  npmInstall(VERSION, `${home}/.npm-global`);
}, 120_000);
function npmInstall(version: string, prefix: string): void {
  const words = ["install", "-g", "--no-audit", "--no-fund", "--prefix", prefix];
  execFileSync("npm", [...words, `@anthropic-ai/claude-code@${version}`], {
    env: { PATH: process.env.PATH!, HOME: home, npm_config_registry: registry.url },
    stdio: "pipe",
  });
}
afterAll(() => registry.stop());

/** No registry answers: whatever comes, comes from this machine. */
const away = "http://127.0.0.1:9/";
function ops(program: string, argv: string[], url = away) {
  const PATH = `${home}/.local/bin:${home}/.npm-global/bin:/usr/bin:/bin`;
  const env = { HOME: home, PATH, LANG: "C.UTF-8", npm_config_registry: url };
  const { status, stdout } = spawnSync(program, [...argv, "--json"], { env, encoding: "utf8", cwd: home });
  return { status, said: JSON.parse(stdout.trim().split("\n").at(-1)!), all: stdout };
}
const managed = () => readlinkSync(`${home}/.local/share/claude-code/current`);
const listed = () =>
  execFileSync("find", [`${home}/.npm-global`, "-printf", "%p %i %T@ %m\n"], { encoding: "utf8" });

test("npm's own Claude Code: its version is taken over without a registry, and theirs stays as it was", () => {
  const theirs = `${home}/.npm-global/${PACKAGE}`;
  const before = listed();
  mkdirSync(`${home}/.config/claude-ops`, { recursive: true });
  writeFileSync(`${home}/.config/claude-ops/config.toml`, "[updates]\ncheck = false\n");
  const installed = ops(BINARY, ["install"]);
  expect(installed.said, installed.all).toMatchObject({ ok: true });
  expect(installed.all).toContain(`left where they are: ${VERSION} by npm in ${theirs}`);
  expect(installed.all).toContain(`${VERSION}, taken over from npm in ${theirs}`);
  expect(managed()).toBe(`versions/${VERSION}`);
  expect(ops(BINARY, ["install"]).said).toMatchObject({ ok: true, changed: 0 });
  expect(listed()).toBe(before);
  const env = { HOME: home, PATH: "/usr/bin:/bin" };
  const launcher = `${home}/.claude/bin/claude-session`;
  expect(execFileSync(launcher, ["mine", "--", "--version"], { env, encoding: "utf8" })).toContain(VERSION);
  expect(ops("claude-ops", ["session", "list"]).said.sessions).toMatchObject([{ version: VERSION }]);
  expect(ops("claude-ops", ["status"]).said.claudeCode).toMatchObject({
    current: VERSION,
    foreign: [{ how: "npm", path: theirs, version: VERSION }],
  });
});

test("what somebody runs of theirs holds up a switch of ours, also 2.0.x which node runs, and it follows once they have ended", async () => {
  npmInstall("2.0.77", `${home}/older`);
  const theirs = [".npm-global", "older"].map((prefix) =>
    spawn(`${home}/${prefix}/bin/claude`, ["mcp", "serve"], {
      env: { HOME: home, PATH: "/usr/bin:/bin" },
      stdio: ["pipe", "ignore", "ignore"],
    })
  );
  const ended = theirs.map((child) => once(child, "close"));
  const to = ["update", "--to", OLD];
  try {
    for (const { pid } of theirs) {
      await until(() => readFileSync(`/proc/${pid}/comm`, "utf8") === "claude\n", "theirs runs");
    }
    // Before it is node, it is `env`, by the same name.
    await until(() => readlinkSync(`/proc/${theirs[1]!.pid}/exe`).endsWith("/node"), "node runs it");
    const deferred = ops("claude-ops", to, registry.url);
    expect(deferred).toMatchObject({ status: 75, said: { to: OLD } });
    const pids = deferred.said.waitingFor.map(({ pid }: { pid: number }) => pid);
    expect(pids).toEqual(expect.arrayContaining(theirs.map(({ pid }) => pid)));
    expect(managed()).toBe(`versions/${VERSION}`);
  } finally {
    for (const child of theirs) child.kill("SIGKILL");
    await Promise.all(ended);
  }
  // Somebody else of this machine may run one as the same user.
  const after = ops("claude-ops", to, registry.url);
  if (after.status === 0) expect(managed()).toBe(`versions/${OLD}`);
  for (const { pid } of theirs) expect(after.all).not.toContain(`"pid":${pid},`);
});

test("on a host that root sets up: left alone until it is adopted, named by doctor, given back by uninstall", async () => {
  const operator = new Operator();
  const host = await freshHost();
  onTestFinished(() => operator.remove());
  const target = `host${host.number}`;
  // The files that npm makes, as root's; a stand-in that is no stub, since the host reaches no registry anyway.
  const package_ = `/usr/local/${PACKAGE}`;
  await host.exec(["mkdir", "-p", `${package_}/bin`]);
  await host.sh(`cat >${package_}/package.json`, { input: `{"version":"${VERSION}"}` });
  await host.sh(`cat >${package_}/bin/claude.exe; chmod 755 ${package_}/bin/claude.exe`, {
    input: `${program(VERSION)}exit\n${"#".repeat(1 << 20)}\n`,
  });
  const link = `../${PACKAGE}/bin/claude.exe`;
  await host.exec(["ln", "-s", link, "/usr/local/bin/claude"]);
  // And what the native installer makes in a home.
  const native = `/home/dev/.local/share/claude/versions/${VERSION}`;
  await host.exec([
    "sh",
    "-ec",
    `
    useradd -m dev; install -D ${package_}/bin/claude.exe ${native}
    mkdir /home/dev/.local/bin; ln -s ${native} /home/dev/.local/bin/claude; chown -R dev: /home/dev/.local`,
  ]);
  const install = (...words: string[]) => operator.run(["install", target, "--user", "dev", ...words]);

  const first = await install();
  expect(first.stdout + first.stderr).toContain("left alone: another installation of Claude Code is there");
  expect(first.code, first.stderr).toBe(0);
  expect(await host.exec(["readlink", "/usr/local/bin/claude", "/opt/claude-code/current"]))
    .toBe(`${link}\nversions/${VERSION}\n`);
  const findings = async () => {
    const { said } = await ask(host, ["doctor"]);
    return new Map(said.findings.map((each: Record<string, string>) => [each.id, each]));
  };
  const before = await findings();
  expect(before.get("other-claude")).toMatchObject({
    actual: `${VERSION} by npm in ${package_}, which typing claude runs`,
    expected: `the managed one alone: ${VERSION}, which sessions run`,
  });
  expect(before.get("dev/other-claude")).toMatchObject({
    actual: `${VERSION} by native installer in ${native}, which typing claude runs`,
    fix: "sudo -iu dev rm -r /home/dev/.local/share/claude /home/dev/.local/bin/claude",
  });
  const fix = "claude-ops install --system --user dev --adopt";
  expect(before.get("claude-link")).toMatchObject({ status: "warning", fix });

  expect(await operator.summary(["install", target, "--user", "dev", "--adopt"])).toMatchObject({
    ok: true,
    changed: 1,
  });
  expect(await host.exec(["readlink", "/usr/local/bin/claude"])).toBe("/opt/claude-code/current/claude\n");
  const after = await findings();
  expect(after.has("claude-link")).toBe(false);
  expect(after.get("other-claude")).toMatchObject({ actual: `${VERSION} by npm in ${package_}` });
  expect((await operator.run(["status", target])).stdout).toContain(
    `${VERSION} (beside ${VERSION} by npm, beside ${VERSION} by native installer)`,
  );
  expect((await operator.run(["uninstall", target])).code).toBe(0);
  expect(await host.exec(["readlink", "/usr/local/bin/claude"])).toBe(`${link}\n`);
  expect(await host.exec(["claude", "--version"])).toContain(VERSION);
});
