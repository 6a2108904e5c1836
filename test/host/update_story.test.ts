import { afterAll, beforeAll, expect, test } from "vitest";
import type { SmallRegistry } from "../small_registry.ts";
import { type Host, Lab } from "./lab.ts";
import { ask, PROGRAM, SPARE, useRegistry } from "./managed_host.ts";
import { BINARY } from "./ops.ts";
import { realReleases } from "./real_releases.ts";

/** Real releases: one of the oldest that are supported, and the newest that was verified. */
const [OLD, NEW] = ["2.1.268", "2.1.329"] as const;
let registry: SmallRegistry;
let host: Host;

beforeAll(async () => {
  registry = await realReleases([OLD, NEW], OLD);
  host = await Lab.host();
  await useRegistry(host, registry);
  await host.put(BINARY, SPARE);
  const installed = await host.exec(
    [SPARE, "install", "--system", "--user", "dev", "--claude-version", "latest", "--json"],
  );
  expect(JSON.parse(installed.trim().split("\n").at(-1)!)).toMatchObject({ ok: true });
  await host.sh("cp -r /root/.ssh /home/dev/; chown -R dev: /home/dev/.ssh");
});
afterAll(async () => {
  await host.down();
  await registry.stop();
});

const DEV = ["runuser", "-u", "dev", "--", "env", "HOME=/home/dev"];
const dev = (...words: string[]) => ask(host, words, [...DEV, PROGRAM]);
const current = async () => (await host.exec(["readlink", "/opt/claude-code/current"])).trim();
// deno-lint-ignore no-explicit-any
const versionOf = async (name: string): Promise<any> =>
  (await dev("session", "list")).said.sessions.find((one: { name: string }) => one.name === name).version;
const start = (name: string) => host.sshAs("dev", ["claude-ops", "session", "start", name, "--detach"]);

test("a release comes out while a session runs: it is fetched and waits for that session, the start after it switches, root goes back", async () => {
  expect(await current()).toBe(`versions/${OLD}`);
  // Nobody looks in the background, so that each step is seen by itself.
  const later =
    "touch -d '+1 hour' /home/dev/.claude/ops/next-update-check; systemctl stop claude-ops-update@dev.timer";
  await host.sh(`${later}; chown dev: /home/dev/.claude/ops/*`);
  await start("api");
  registry.release(NEW);

  const deferred = await dev("update");
  expect(deferred).toMatchObject({
    exit: 75,
    said: {
      status: "deferred",
      from: OLD,
      to: NEW,
      waitingFor: [{ session: "api", user: "dev", version: OLD }],
    },
  });
  expect(await current()).toBe(`versions/${OLD}`);
  expect(await host.exec(["/opt/claude-code/versions/2.1.329/claude", "--version"])).toContain(NEW);
  const waiting = await host.sshAs("dev", ["sh", "-c", "claude-ops update || :"]);
  expect(waiting).toMatch(/2\.1\.329 is fetched and waits since .* for session api of dev \(pid \d+\)/);

  // Who only wants to switch hears whom it waits for, whatever the registry says.
  await host.sh(
    "cp /root/.npmrc /root/kept; echo registry=http://127.0.0.1:9/ >/root/.npmrc; rm -f /opt/claude-code/state.json",
  );
  expect(await dev("update", "--activate")).toMatchObject({
    exit: 75,
    said: { status: "deferred", to: NEW, waitingFor: [{ session: "api" }] },
  });
  expect(await dev("update")).toMatchObject({ exit: 1, said: { error: { code: "registry-unreachable" } } });
  await host.exec(["mv", "/root/kept", "/root/.npmrc"]);

  // Who starts beside it gets what it has; once both have ended, the next start switches first.
  await start("beside");
  expect(await versionOf("beside")).toBe(OLD);
  for (const name of ["api", "beside"]) await dev("session", "stop", name);
  await start("next");
  expect(await versionOf("next")).toBe(NEW);
  expect(await current()).toBe(`versions/${NEW}`);

  expect(await dev("update", "--rollback")).toMatchObject({
    exit: 1,
    said: { error: { code: "roots", hint: "as root: claude-ops update --rollback" } },
  });
  expect(await ask(host, ["update", "--rollback"])).toMatchObject({
    exit: 0,
    said: { status: "rolled-back", from: NEW, to: OLD },
  });
  expect(await versionOf("next")).toBe(NEW);
  await dev("session", "stop", "next");
  await start("after");
  expect(await versionOf("after")).toBe(OLD);
  expect((await dev("update")).said).toMatchObject({ status: "current", current: OLD });
  await dev("session", "stop", "after");

  const story = await host.sshAs("dev", ["claude-ops", "log"]);
  expect(story).toMatch(/staged +2\.1\.329[^]*waiting +2\.1\.329 +waits for session api of dev \(pid \d+\)/);
  expect(story).toMatch(/updated +2\.1\.268 → 2\.1\.329/);
  expect(await host.exec([PROGRAM, "log"])).toMatch(/rolled back +2\.1\.329 → 2\.1\.268/);
  expect((await ask(host, ["doctor"])).said.findings).toContainEqual(expect.objectContaining({
    id: "update-held",
    actual: `${OLD}: ${NEW} is held back, rolled back by root`,
  }));
});

test.runIf(process.env.CLAUDE_OPS_TEST_FULL === "1")(
  "root's side takes nothing from who calls it: no variable, directory, mask of modes or limit",
  async () => {
    await ask(host, ["update", "--to", NEW]);
    await host.exec(["rm", "-rf", `/opt/claude-code/versions/${OLD}`]);
    await host.sh(`printf '[claude]\\nversion = "${OLD}"\\n' >/etc/claude-ops/config.toml`);
    const evil = [
      "cd /tmp; echo registry=http://127.0.0.1:9/ >.npmrc; cp .npmrc /home/dev/.npmrc; umask 0777; ulimit -n 256",
      "export npm_config_registry=http://127.0.0.1:9/ HOME=/home/dev HTTPS_PROXY=http://127.0.0.1:9 BUN_OPTIONS=--cwd=/tmp",
      "export NODE_EXTRA_CA_CERTS=/tmp/none XDG_CONFIG_HOME=/tmp SUDO_USER=root CLAUDE_OPS_CLAUDE=/bin/false",
      "exec sudo -n /usr/local/bin/claude-ops update --system --json",
    ];
    const said = await host.sshAs("dev", ["sh", "-c", evil.join("; ")]);
    expect(JSON.parse(said.trim().split("\n").at(-1)!)).toMatchObject({
      status: "updated",
      from: NEW,
      to: OLD,
    });
    expect(
      await host.sh(
        "cd /opt/claude-code; find versions state.json -not -perm -o=r; find . -perm /022 -not -type l",
      ),
    )
      .toBe("");
    expect(await host.exec(["cat", "/opt/claude-code/log/update.log"])).toContain('by="dev (sudo)"');
    // What is too little to work with fails, and leaves all as it is.
    await host.sh(
      `printf '[claude]\\nversion = "${NEW}"\\n' >/etc/claude-ops/config.toml; rm -rf /opt/claude-code/versions/${NEW}; rm /opt/claude-code/state.json`,
    );
    await host.sshAs("dev", [
      "sh",
      "-c",
      "ulimit -f 1000; sudo -n /usr/local/bin/claude-ops update --system --json || :",
    ]);
    expect(await current()).toBe(`versions/${OLD}`);
    expect((await host.exec(["ls", "-A", "/opt/claude-code/versions"])).trim()).toBe(OLD);
  },
);
