import { createServer, type Server } from "node:http";
import { afterAll, beforeAll, expect, test } from "vitest";
import { CommandFailed, type Host, Lab } from "./lab.ts";
import { ask, PROGRAM, SPARE } from "./managed_host.ts";
import { BINARY, difference, ownedByUseradd, snapshot } from "./ops.ts";

// What a managed user may try who wants more than their own home.
let host: Host;
let fresh: string[];
const servers: Server[] = [];
const KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIK0testtesttesttesttesttesttesttesttesttest it";
const install = ["install", "--system", "--user", "dev", "--claude-version", "none", "--authorized-key", KEY];

beforeAll(async () => {
  host = await Lab.host();
  await host.put(BINARY, SPARE);
  await host.exec(["sh", "-c", "echo precious >/etc/precious"]);
  fresh = await outside();
});
afterAll(() => servers.forEach((server) => server.close()));

const as = (user: string, script: string) => host.exec(["runuser", "-u", user, "--", "sh", "-c", script]);

/** All of the host but the home of the one who tries. */
async function outside(): Promise<string[]> {
  return (await snapshot(host)).filter((line) => !line.includes("/home/dev") && !ownedByUseradd(line));
}

const claude = (name: string, target: string) => `rm -rf .claude/${name}; ln -s ${target} .claude/${name}`;

test.each([
  ["~/.claude leads to /etc", "dev", "mv .claude c; ln -s /etc .claude"],
  ["~/.claude leads to /root", "dev", "mv .claude c; ln -s /root .claude"],
  ["~/.ssh leads to root's", "dev", "rm -rf .ssh; ln -s /root/.ssh .ssh"],
  ["authorized_keys leads to shadow", "dev", "ln -sf /etc/shadow .ssh/authorized_keys"],
  ["settings lead to passwd", "dev", claude("settings.json", "/etc/passwd")],
  ["state leads to /root", "dev", claude("ops", "/root")],
  ["sessions lead to /etc", "dev", claude("sessions", "/etc")],
  ["shared skills lead to /etc", "dev", claude("skills", "/etc")],
  ["the launcher's directory leads to programs of root", "dev", claude("bin", "/usr/local/bin")],
  // A kernel without fs.protected_hardlinks lets the user do this.
  ["a file of root by a second name", "root", "ln -f /etc/precious .claude/settings.json"],
  ["a FIFO where a file belongs", "dev", "rm .claude/settings.json; mkfifo .claude/settings.json"],
])(
  "%s: install, doctor and uninstall by root change nothing outside of the home",
  async (_what, user, plant) => {
    expect((await ask(host, install, [SPARE])).said).toMatchObject({ ok: true });
    await as(user, `cd /home/dev; ${plant}`);
    const planted = await outside();
    await ask(host, install);
    await ask(host, ["doctor", "--fix"]);
    expect(difference(planted, await outside())).toEqual([]);
    await ask(host, ["uninstall", "--purge", "--yes"]);
    expect(difference(fresh, await outside())).toEqual([]);
  },
);

/** Counts who asks. */
async function registry(): Promise<{ url: string; asked: () => number }> {
  let asked = 0;
  const server = createServer((_request, response) => (asked++, response.writeHead(404).end()));
  servers.push(server);
  const address = await Lab.bridge();
  await new Promise<void>((resolve) => server.listen(0, address, resolve));
  const { port } = server.address() as { port: number };
  return { url: `http://${address}:${port}/`, asked: () => asked };
}

test("sudo gives the one command, in root's own environment, and nothing else", async () => {
  expect((await ask(host, install, [SPARE])).said).toMatchObject({ ok: true });
  const [right, wrong] = [await registry(), await registry()];
  await host.exec(["sh", "-c", "cat >/root/.npmrc"], { input: `registry=${right.url}\n` });
  const before = await outside();
  const one = "sudo -n /usr/local/bin/claude-ops update --system --json";

  const trap = [
    "mkdir -p trap/bin .config/claude-ops; cd trap",
    `echo registry=${wrong.url} | tee .npmrc >../.npmrc`,
    `echo npm_config_registry=${wrong.url} >.env`,
    'echo \'require("fs").writeFileSync("/etc/owned", "")\' >evil.js; echo \'preload = ["./evil.js"]\' >bunfig.toml',
    "echo '[claude]\nchannel = \"stable\"' >../.config/claude-ops/config.toml",
    `export npm_config_registry=${wrong.url} HOME=/home/dev XDG_CONFIG_HOME=/home/dev/.config BUN_BE_BUN=1`,
    `export BUN_OPTIONS=--preload=/home/dev/trap/evil.js NODE_OPTIONS=--require=/home/dev/trap/evil.js`,
    `export npm_config_userconfig=/home/dev/.npmrc HTTP_PROXY=${wrong.url} http_proxy=${wrong.url}`,
    "for tool in getent systemctl visudo; do echo 'touch /etc/owned' >bin/$tool; chmod +x bin/$tool; done",
    "export PATH=/home/dev/trap/bin:$PATH",
  ].join("\n");
  const said = JSON.parse(await as("dev", `cd /home/dev\n${trap}\n${one} || :`));
  expect(said.error.message).toContain(new URL(right.url).host);
  expect(right.asked()).toBeGreaterThan(0);
  expect(wrong.asked()).toBe(0);

  for (
    const other of [
      `${one} --verbose`,
      "sudo -n /usr/local/bin/claude-ops update --system",
      "sudo -n /usr/local/bin/claude-ops version",
      "sudo -n /usr/local/bin/claude-ops",
      "cp /usr/local/bin/claude-ops .; sudo -n ./claude-ops update --system --json",
      one.replace("-n", "-n BUN_BE_BUN=1"),
      one.replace("-n", "-n npm_config_registry=http://127.0.0.1/"),
      one.replace("-n", "-n -E"),
      one.replace("-n", "-n --preserve-env=BUN_OPTIONS"),
      one.replace("-n", "-n -D /home/dev/trap"),
      one.replace("-n", "-n -R /home/dev"),
      one.replace("-n", "-n -g sudo"),
      "sudo -n -i",
      "sudo -n sh",
    ]
  ) {
    const refused = await as("dev", `export BUN_OPTIONS=--preload=/home/dev/trap/evil.js; ${other}`).catch((
      error,
    ) => error);
    expect(refused, other).toBeInstanceOf(CommandFailed);
    expect(refused.stderr, other).toMatch(/^sudo: /m);
  }
  // What root's side notes down of its own work is all.
  const notes = /\/opt\/claude-code\/(state\.json|last-update\.json|log|\.switching|\.updating)\b/;
  expect(difference(before, await outside()).filter((line) => !notes.test(line))).toEqual([]);
});

test("the programs and files that root acts by are writable by root alone", async () => {
  const writable = await host.exec([
    "sh",
    "-c",
    "find /usr/local/bin /etc/claude-ops /etc/sudoers.d /etc/systemd/system /opt/claude-code " +
    "! -type l \\( ! -user root -o -perm /022 \\)",
  ]);
  expect(writable).toBe("");
  expect(await ask(host, ["version"], [PROGRAM])).toMatchObject({ exit: 0 });
});
