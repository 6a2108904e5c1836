import { afterAll, beforeAll, expect, test } from "vitest";
import type { Finding } from "../../src/host/diagnose.ts";
import type { Registry } from "../registry.ts";
import type { Host } from "./lab.ts";
import { ask, managedHost, PROGRAM, registryForHosts, SPARE, VERSION } from "./managed_host.ts";
import { difference, Operator, snapshot } from "./ops.ts";

let operator: Operator;
let registry: Registry;
let host: Host;

beforeAll(async () => {
  operator = new Operator();
  registry = await registryForHosts();
  host = await managedHost(operator, registry);
});
afterAll(async () => {
  operator.remove();
  await registry.stop();
});

const sh = (script: string, as = "root") => host.exec(["runuser", "-u", as, "--", "sh", "-ec", script]);
const CLAUDE = "/home/dev/.claude";
const SESSION = `${CLAUDE}/sessions/01234567-89ab-4def-8123-456789abcdef`;

/** Not to be mended: found, said, and left as it is by --fix. */
async function expectLeftAlone(finding: Partial<Finding>): Promise<void> {
  const before = await snapshot(host);
  for (const words of [["doctor"], ["doctor", "--fix"]]) {
    const { exit, said } = await ask(host, words);
    expect(said.findings.filter(({ causedBy }: Finding) => !causedBy)).toEqual([
      expect.objectContaining(finding),
    ]);
    expect(exit).toBe(3);
  }
  expect(difference(before, await snapshot(host))).toEqual([]);
}

async function expectWell(): Promise<void> {
  expect(await ask(host, ["doctor"])).toMatchObject({ exit: 0, said: { findings: [] } });
}

const link = `ln -s /dev/null ${SESSION}/history.jsonl`;
test.each<[string, string, string, Partial<Finding>]>([
  [
    "a login of its own in a session",
    `mkdir ${SESSION}; echo {} >${SESSION}/.credentials.json`,
    `rm -r ${SESSION}`,
    {
      id: "dev/detached-logins",
      status: "warning",
    },
  ],
  ["a session whose history is a link", `mkdir ${SESSION}; ${link}`, `rm -r ${SESSION}`, {
    id: "dev/isolation",
    status: "broken",
  }],
  [
    "an update whose last run failed",
    `mkdir -p ${CLAUDE}/ops/jobs; echo '{"format":1,"by":"cron","startedAt":"2026-01-01T00:00:00Z","process":{},` +
    `"endedAt":"2026-01-01T00:00:01Z","exit":1,"reason":"no room"}' >${CLAUDE}/ops/jobs/update.json; chown -R dev: ${CLAUDE}/ops`,
    `rm -r ${CLAUDE}/ops/jobs`,
    {
      id: "dev/job:update",
      status: "warning",
      actual: expect.stringMatching(/^failed \d+ d ago: no room$/),
      fix: expect.stringContaining("systemctl start claude-ops-update@dev.service"),
    },
  ],
  [
    "a log that cannot be written",
    `install -d -o dev -g dev ${CLAUDE}/update.log`,
    `rmdir ${CLAUDE}/update.log`,
    {
      id: "dev/log",
      status: "broken",
      fix: `sudo -iu dev mv ${CLAUDE}/update.log ${CLAUDE}/update.log.aside`,
    },
  ],
  [
    "a sudo rule that a later file takes back",
    "echo 'dev ALL=(ALL) !ALL' >/etc/sudoers.d/zz",
    "rm /etc/sudoers.d/zz",
    {
      id: "sudo:dev",
      status: "broken",
      fix: "sudo -l -U dev",
    },
  ],
  [
    "a registry that does not answer",
    "sed -i.was s,:[0-9]*/,:1/, /root/.npmrc",
    "mv /root/.npmrc.was /root/.npmrc",
    {
      id: "registry",
      status: "warning",
    },
  ],
  [
    "sudo that is not there: could not be checked",
    "mv /usr/bin/sudo /usr/bin/s",
    "mv /usr/bin/s /usr/bin/sudo",
    {
      id: "sudo:dev",
      status: "unknown",
      actual: expect.stringContaining("could not check: cannot run sudo"),
    },
  ],
  [
    "a mistake in the configuration",
    "echo '[clode]' >/etc/claude-ops/config.toml",
    "rm /etc/claude-ops/config.toml",
    {
      id: "config",
      status: "broken",
      actual: expect.stringContaining("config.toml:1"),
    },
  ],
  ["another claude in the way", "ln -sfn /bin/true /usr/local/bin/claude", "rm /usr/local/bin/claude", {
    id: "claude-link",
    status: "warning",
    why: expect.stringContaining("left alone"),
  }],
  [
    "a timer that an administrator has masked",
    "systemctl stop claude-ops-update@dev.timer; systemctl mask --runtime --quiet claude-ops-update@dev.timer",
    "systemctl unmask --runtime --quiet claude-ops-update@dev.timer",
    { id: "timer:update@dev", status: "warning", why: expect.stringContaining("masked") },
  ],
  [
    "a Claude Code that is damaged",
    "cd /opt/claude-code/current/; mv claude /var/tmp; echo exit >claude; chmod 755 claude",
    "mv /var/tmp/claude /opt/claude-code/current/claude",
    { id: "claude-runs", status: "broken" },
  ],
  [
    "a link in the place of a private directory",
    `mv ${CLAUDE}/sessions /var/tmp/s; ln -s /var/tmp/s ${CLAUDE}/sessions`,
    `rm ${CLAUDE}/sessions; mv /var/tmp/s ${CLAUDE}/sessions`,
    { id: "dev/dir:sessions", status: "broken", actual: "a symlink" },
  ],
  [
    "a home in a place that has another purpose",
    "chown root: /home/dev; mv /home/dev /home/x; sed -i s,/home/dev,/home/x, /etc/passwd",
    "sed -i s,/home/x,/home/dev, /etc/passwd; mv /home/x /home/dev; chown dev: /home/dev",
    { id: "user:dev", status: "warning", why: expect.stringContaining("left alone") },
  ],
])("%s is named, and left to people", async (_what, by, undo, finding) => {
  await sh(by);
  try {
    await expectLeftAlone(finding);
  } finally {
    await sh(undo);
    await ask(host, ["doctor", "--fix"]);
  }
  await expectWell();
});

test("a Claude that is started bare is named by its pid", async () => {
  // Without a way out it would end by itself, had it not been set up before.
  await sh(`cd; echo '{"hasCompletedOnboarding":true}' >.claude.json`, "dev");
  const claude =
    "env CLAUDE_CODE_OAUTH_TOKEN=made-up HTTPS_PROXY=http://127.0.0.1:9 /opt/claude-code/current/claude";
  await sh(`cd; tmux new-session -d -s bare "${claude}"`, "dev");
  const pid = async () => (await sh("pgrep -xu dev claude || :", "dev")).trim();
  while (!await pid());
  const { said } = await ask(host, ["doctor"]);
  expect(said.findings).toEqual([
    expect.objectContaining({ id: "dev/bare-claude", actual: `started bare: pid ${await pid()}` }),
  ]);
  await sh("tmux kill-server", "dev");
  while (await pid());
  await sh("rm /home/dev/.claude.json");
  await expectWell();
});

test("two hundred ended sessions are fine, one more is too many", async () => {
  const one =
    "CLAUDE_OPS_CLAUDE=/bin/true .claude/bin/claude-session; cd .claude/sessions; set -- */; one=${1%/}";
  const copy =
    'u=$(cat /proc/sys/kernel/random/uuid); cp -r "$one" "$u"; sed -i "s/$one/$u/" "$u/session.json"';
  await sh(`cd; ${one}; for i in $(seq 199); do ${copy}; done`, "dev");
  await expectWell();
  await sh(`cd; cd .claude/sessions; set -- */; one=\${1%/}; ${copy}`, "dev");
  expect((await ask(host, ["doctor"])).said.findings).toEqual([
    expect.objectContaining({ id: "dev/ended-sessions", actual: "201", fix: "claude-ops cleanup" }),
  ]);
  await sh("cd; rm -r .claude/sessions/*", "dev");
});

test("a full disk and little memory are said, and hinder nothing else", async () => {
  await host.fill();
  const { said } = await ask(host, ["doctor"]);
  await host.unfill();
  expect(said.findings).toEqual([
    expect.objectContaining({ id: "disk", status: "warning", actual: "0 MiB" }),
  ]);
  await host.memory("200M");
  const tight = await ask(host, ["doctor"]);
  await host.memory("1G");
  expect(tight.said.findings).toEqual([expect.objectContaining({ id: "memory", status: "warning" })]);
  await expectWell();
});

test("a program that is lost or cannot run is said over SSH; the same program from elsewhere mends it", async () => {
  const target = `host${host.number}`;
  for (const [by, words] of [["rm", "is not installed"], ["chmod 644", "cannot be executed"]]) {
    await sh(`${by} ${PROGRAM}`);
    const ran = await operator.run(["doctor", target, "--json"]);
    expect(ran.code).toBe(1);
    expect(ran.json.at(-1).error).toMatchObject({
      message: expect.stringContaining(words!),
      hint: expect.stringMatching(`claude-ops install ${target}$`),
    });
    expect((await operator.run(["uninstall", target])).code).toBe(1);
    const { said } = await ask(host, ["doctor"], [SPARE]);
    expect(said.findings.filter(({ causedBy }: Finding) => !causedBy)).toMatchObject([{ id: "binary" }]);
    expect(await ask(host, ["doctor", "--fix"], [SPARE])).toMatchObject({ exit: 0, said: { findings: [] } });
    expect(await operator.summary(["install", target, "--user", "dev"])).toMatchObject({
      changed: 0,
      sentBytes: 0,
    });
  }
});

test("a key that somebody took out stays out", async () => {
  await sh(": >/home/dev/.ssh/authorized_keys");
  await expectWell();
  expect(await sh("cat /home/dev/.ssh/authorized_keys")).toBe("");
});

test("an account that is gone is the one cause, and comes back with what was in its home", async () => {
  await sh("loginctl terminate-user dev; while pgrep -u dev; do sleep .1; done; userdel dev");
  const { said } = await ask(host, ["doctor"]);
  const findings: Finding[] = said.findings;
  expect(findings.filter(({ causedBy }) => !causedBy).map(({ id }) => id)).toEqual(["user:dev"]);
  expect(findings.filter(({ causedBy }) => causedBy).map(({ causedBy }) => causedBy)).toContain("user:dev");
  expect(await ask(host, ["doctor", "--fix"])).toMatchObject({ exit: 0, said: { findings: [] } });
});

test("somebody's own installation: well, broken, mended, all without root", async () => {
  await sh("useradd -m -s /bin/bash plain; install -d -o plain -g plain -m 700 /home/plain/.ssh");
  await sh(
    "install -o plain -m 600 /root/.ssh/authorized_keys /root/.npmrc /home/plain/.ssh; mv /home/plain/.ssh/.npmrc /home/plain",
  );
  const plain = async (words: string[], program = "/home/plain/.local/bin/claude-ops") => {
    const inPath = 'PATH=$HOME/.local/bin:$PATH; "$@"; echo $?';
    const out = await host.sshAs("plain", ["sh", "-c", inPath, "sh", program, ...words, "--json"], {
      timeout: 120_000,
    });
    const lines = out.trim().split("\n");
    return { exit: Number(lines.at(-1)), said: JSON.parse(lines.at(-2)!) };
  };
  expect(await plain(["install", "--claude-version", VERSION], SPARE)).toMatchObject({ exit: 0 });
  expect(await plain(["doctor"])).toMatchObject({ exit: 0, said: { findings: [] } });
  for (
    const [id, by] of [
      ["launcher", "rm .claude/bin/claude-session"],
      ["timer:cleanup", "systemctl --user disable --now --quiet claude-ops-cleanup.timer"],
      ["claude-code", "rm .local/share/claude-code/current"],
      ["binary", "chmod 0700 .local/bin/claude-ops"],
    ]
  ) {
    await host.sshAs("plain", ["sh", "-c", by!]);
    const { said } = await plain(["doctor"]);
    expect(said.findings.filter(({ causedBy }: Finding) => !causedBy)).toMatchObject([{ id }]);
    expect(await plain(["doctor", "--fix"])).toMatchObject({ exit: 0, said: { findings: [] } });
  }
});

test("only ordinary accounts can be managed users", async () => {
  const before = await snapshot(host);
  for (const user of ["root", "daemon", "www-data", "../x", "Dev"]) {
    const { exit, said } = await ask(host, ["install", "--system", "--user", user]);
    expect(exit).toBe(2);
    expect(said.error.message).toContain(user);
  }
  expect(difference(before, await snapshot(host))).toEqual([]);
});
