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

test("in their sandbox the services do their jobs: an update waits for what lives, sessions by name, and comes when the timer elapses", async () => {
  expect(await jobs()).toMatchObject([
    { job: "cleanup", user: "dev", keeper: "systemd", last: null },
    { job: "update", user: "dev", keeper: "systemd", last: null },
  ]);
  // Not the version that it was installed with, but a newer one. No start looks for it by itself.
  await sh(`
    sed -i 's/"${OLD}"/"${VERSION}"/' /etc/claude-ops/users/dev.json
    runuser -u dev -- touch -d '+1 hour' /home/dev/.claude/ops/next-update-check`);
  await host.exec(["sh", "-c", 'cat >"$0"', "/etc/claude-ops/config.toml"], {
    input: '[cleanup]\nunused_age = "1s"\n',
  });
  for (const name of ["gone", "api"]) {
    await host.sshAs("dev", ["claude-ops", "session", "start", name, "--detach"]);
  }
  await host.sshAs("dev", ["claude-ops", "session", "stop", "gone"]);
  // Something of another user that runs Claude Code, as far as the kernel can tell.
  const bare = "/srv/claude/versions/2.1.300";
  await sh(`install -D -m 755 /usr/bin/sleep ${bare}; useradd -m eve`);
  await sh(`runuser -u eve -- setsid ${bare} 600 >/dev/null 2>&1 </dev/null &`);
  const eve = (await sh("until pgrep -u eve -x 2.1.300; do sleep 0.1; done")).trim();
  for (const service of services) {
    await sh(`systemctl start ${service} || { journalctl -u ${service}; false; }`);
  }
  for (const job of await jobs()) {
    expect(job, await sh("journalctl -u 'claude-ops-*'")).toMatchObject({ last: { result: "ok" } });
    expect(Date.parse(job.next)).toBeGreaterThan(Date.now());
  }
  // What lives is told from what does not in there as it is outside.
  const listed = JSON.parse(await host.sshAs("dev", ["claude-ops", "session", "list", "--json"]));
  expect(listed.sessions).toMatchObject([{ name: "api", live: true }]);
  const current = "readlink /opt/claude-code/current";
  expect(await sh(current)).toContain(OLD);
  const before = await events();
  const { event, reason } = before.at(-1);
  expect(event, JSON.stringify(before)).toBe("deferred");
  expect(reason).toMatch(/\bsession api of dev \(pid \d+\)/);
  expect(reason).toContain(`a Claude Code of eve (pid ${eve})`);

  // From now on nobody is in the way, and nobody but the timer does anything.
  await host.sshAs("dev", ["claude-ops", "session", "stop", "api"]);
  await sh(`kill ${eve}`);
  const drop = "/run/systemd/system/claude-ops-update@.timer.d";
  const often = "[Timer]\\nOnCalendar=\\nOnCalendar=*:*:*\\nRandomizedDelaySec=0\\nAccuracySec=100ms\\n";
  const since = Date.now();
  await sh(`mkdir ${drop}; printf '${often}' >${drop}/often.conf; systemctl daemon-reload
    systemctl restart claude-ops-update@dev.timer
    timeout 100 sh -c 'until ${current} | grep -q ${VERSION}; do sleep 0.2; done'
    rm -r ${drop}; systemctl daemon-reload; systemctl restart claude-ops-update@dev.timer
    while systemctl is-active --quiet ${services[1]} || [ "$(systemctl is-active ${
    services[1]
  })" = activating ]; do sleep 0.2; done`);
  expect(await events()).toContainEqual(
    expect.objectContaining({ event: "updated", from: OLD, to: VERSION }),
  );
  const { last } = (await jobs())[1];
  expect(last).toMatchObject({ result: "ok" });
  expect(Date.parse(last.at)).toBeGreaterThan(since - 5_000);
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
