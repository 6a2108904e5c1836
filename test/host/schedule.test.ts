import { afterAll, beforeAll, expect, test } from "vitest";
import type { Registry } from "../registry.ts";
import type { Host } from "./lab.ts";
import { ask, managedHost, registryForHosts, VERSION } from "./managed_host.ts";
import { Operator } from "./ops.ts";

/** A real release, one of the oldest that are supported. */
const OLD = "2.1.268";
let operator: Operator;
let registry: Registry;
let host: Host;

beforeAll(async () => {
  operator = new Operator();
  registry = await registryForHosts();
  host = await managedHost(operator, registry, OLD);
});
afterAll(async () => {
  operator.remove();
  await registry.stop();
});

const sh = (script: string) => host.exec(["sh", "-ec", script], { timeout: 120_000 });
const services = ["claude-ops-cleanup@dev.service", "claude-ops-update@dev.service"];
const events = async () => (await ask(host, ["log"])).said.events;
const jobs = async () => (await ask(host, ["schedule"])).said.jobs;

test("each service is exposed less than 3.0, by systemd's own measure", async () => {
  for (const service of services) {
    const [, level] = /Overall exposure level for .*: ([\d.]+)/.exec(
      await sh(`systemd-analyze security --no-pager ${service}`),
    ) ?? [];
    expect(Number(level), service).toBeLessThan(3);
  }
});

test("the services do their jobs in their sandbox: what lives is waited for, then the newer version comes", async () => {
  expect(await jobs()).toMatchObject([
    { job: "cleanup", user: "dev", keeper: "systemd", last: null },
    { job: "update", user: "dev", keeper: "systemd", last: null },
  ]);
  // Not the version that it was installed with, but a newer one.
  await sh(`sed -i 's/"${OLD}"/"${VERSION}"/' /etc/claude-ops/users/dev.json`);
  // Something of another user that runs Claude Code, as far as the kernel can tell.
  const bare = "/srv/claude/versions/2.1.300";
  await sh(`install -D -m 755 /usr/bin/sleep ${bare}; useradd -m eve`);
  await sh(`runuser -u eve -- setsid ${bare} 600 >/dev/null 2>&1 </dev/null & sleep 0.2`);
  for (const service of services) {
    await sh(`systemctl start ${service} || { journalctl -u ${service}; false; }`);
  }
  for (const job of await jobs()) {
    expect(job, await sh("journalctl -u 'claude-ops-*'")).toMatchObject({ last: { result: "ok" } });
    expect(Date.parse(job.next)).toBeGreaterThan(Date.now());
  }
  const live = (await sh("pgrep -u eve -x 2.1.300")).trim();
  const current = "readlink /opt/claude-code/current";
  expect(await sh(current)).toContain(OLD);
  const before = await events();
  expect(before.at(-1), JSON.stringify(before)).toMatchObject({ event: "deferred" });
  expect(JSON.stringify(before.at(-1))).toContain(live);
  await sh(`kill ${live}; systemctl start ${services[1]}`);
  expect(await sh(current)).toContain(VERSION);
  expect(await events()).toContainEqual(
    expect.objectContaining({ event: "updated", from: OLD, to: VERSION }),
  );
  // Nothing is left of root's part that a user could have chosen or may change.
  expect(await sh("stat -c '%U %a' /opt/claude-code/last-update.json")).toBe("root 644\n");
});

test("shown over SSH, a host a row; a service that cannot even start is told of in systemd's words", async () => {
  const target = `host${host.number}`;
  const shown = await operator.run(["schedule", target]);
  expect(shown.stdout).toMatch(/^JOB +USER +BY +LAST RUN +RESULT +NEXT RUN\n/);
  expect(shown.stdout).toMatch(/\nupdate +dev +systemd +\d+ s ago +ok in [\d.]+ s +20\d\d-/);
  const drop = `/run/systemd/system/${services[1]}.d`;
  await sh(
    `mkdir -p ${drop}; printf '[Service]\\nExecStartPre=\\nExecStart=\\nExecStart=/nowhere\\n' >${drop}/x.conf
     systemctl daemon-reload; sleep 3; systemctl start ${services[1]} || true`,
  );
  const broken = await operator.run(["schedule", target, `dev@${target}`]);
  expect(broken.stdout).toMatch(/^HOST +JOB/);
  expect(broken.stdout).toMatch(/ failed: systemd: exit-code 203 /);
  await sh(`rm -r ${drop}; systemctl daemon-reload; systemctl start ${services[1]}`);
  expect((await jobs())[1]).toMatchObject({ last: { result: "ok" } });
});
