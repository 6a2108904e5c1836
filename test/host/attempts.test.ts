import { createServer, type Server } from "node:http";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { forAll, steering } from "../unit/generated.ts";
import { ALL_LINKS, REFUSED, SPEAKING, SWAPPING } from "./attempt_scripts.ts";
import { CommandFailed, type Host, Lab } from "./lab.ts";
import { ask, PROGRAM, SPARE, useRegistry } from "./managed_host.ts";
import { BINARY, difference, Operator, ownedByUseradd, snapshot } from "./ops.ts";

// What a managed user may try who wants more than their own home.
const FULL = process.env.CLAUDE_OPS_TEST_FULL !== undefined;
let host: Host;
let fresh: string[];
const servers: Server[] = [];
const KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIK0testtesttesttesttesttesttesttesttesttest it";
const install = ["install", "--system", "--user", "dev", "--claude-version", "none", "--authorized-key", KEY];

beforeAll(async () => {
  host = await Lab.host();
  await host.put(BINARY, SPARE);
  await host.sh("echo precious >/etc/precious");
  fresh = await outside();
});
afterAll(() => servers.forEach((server) => server.close()));

const as = (user: string, script: string) => host.exec(["runuser", "-u", user, "--", "sh", "-c", script]);

/** All of the host but the home of the one who tries. */
async function outside(): Promise<string[]> {
  return (await snapshot(host)).filter((line) => !line.includes("/home/dev") && !ownedByUseradd(line));
}

/** What has changed since then, beside what root's side notes down of its own work. */
async function changed(before: readonly string[]): Promise<string[]> {
  const notes = /\/opt\/claude-code\/(state\.json|last-update\.json|log|\.switching|\.updating)\b/;
  return difference(before, await outside()).filter((line) => !notes.test(line));
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
  await useRegistry(host, right);
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
  expect(await changed(before)).toEqual([]);
  await host.exec(["rm", "/root/.npmrc"]);
});

test("the programs and files that root acts by are writable by root alone", async () => {
  const writable = await host.sh(
    "find /usr/local/bin /etc/claude-ops /etc/sudoers.d /etc/systemd/system /opt/claude-code " +
      "! -type l \\( ! -user root -o -perm /022 \\)",
  );
  expect(writable).toBe("");
  expect(await ask(host, ["version"], [PROGRAM])).toMatchObject({ exit: 0 });
});

/** All that root does over a home, none of which may be a bug or steer root's terminal. */
async function rootLooksAfter(): Promise<void> {
  const jobs = [install, ["doctor", "--fix"], ["cleanup"], ["session", "list"], ["status"], ["log"], [
    "schedule",
  ]];
  for (const words of jobs) {
    const shown = await host.exec([
      "sh",
      "-c",
      'timeout -s KILL 60 "$@" 2>&1 || echo "exit $?"',
      "sh",
      PROGRAM,
      ...words,
    ]);
    expect(steering(shown), words.join(" ")).toEqual([]);
    expect(shown, words.join(" ")).not.toMatch(/this is a bug|^ +at .*:\d+|exit (?!1|3|75)/m);
  }
}

/** Goes on beside root's work until that has ended; what the script said last. */
async function beside(script: string, work: () => Promise<void>): Promise<number> {
  await as("dev", "rm -f stop /home/dev/stop");
  const trying = as("dev", script);
  try {
    await work();
  } finally {
    await host.exec(["touch", "/home/dev/stop"]);
  }
  return Number((await trying).trim().split("\n").at(-1));
}

describe("root looks after a home that means harm", () => {
  beforeAll(async () => {
    await host.sh("mkdir -m 700 /etc/canary; echo precious >/etc/canary/file");
    expect((await ask(host, install, [SPARE])).said).toMatchObject({ ok: true });
  });
  afterEach(async () => {
    expect(await host.exec(["cat", "/etc/canary/file"])).toBe("precious\n");
    expect(await host.exec(["stat", "-c", "%U %a", "/etc/canary"])).toBe("root 700\n");
  });

  test.each(FULL ? [1, 2] : [1])("every path of the home, %s deep, is a link to root's", async (depth) => {
    const before = await outside();
    expect(Number(await as("dev", ALL_LINKS(depth)))).toBeGreaterThan(0);
    await rootLooksAfter();
    const found = await changed(before);
    // As root, who has put directories of its own in the place of some.
    const undo =
      'find . -depth -name "*.was" | while read -r was; do rm -rf "${was%.was}"; mv "$was" "${was%.was}"; done';
    await host.sh(`cd /home/dev; ${undo}`);
    expect(found).toEqual([]);
    const { findings } = (await ask(host, ["doctor", "--fix"])).said;
    expect(findings.filter(({ status }: { status: string }) => status === "broken")).toEqual([]);
  });

  test("paths of the home are links and themselves by turns, all the time", async () => {
    const before = await outside();
    expect(await beside(SWAPPING, rootLooksAfter)).toBeGreaterThan(100);
    expect(await changed(before)).toEqual([]);
  });

  test("the user's own processes, which root asks, get garbage put into their mouths and are killed", async () => {
    const before = await outside();
    const spokenFor = await beside(SPEAKING, rootLooksAfter);
    const open = (await host.sh("cat /proc/sys/kernel/yama/ptrace_scope 2>/dev/null || echo 0")).trim();
    if (open === "0") expect(spokenFor).toBeGreaterThan(3);
    expect(await changed(before)).toEqual([]);
  });

  test("records and notes of sessions are garbage, and links are planted in /tmp: none is followed or steers a terminal", async () => {
    const garbage = [
      "cd /home/dev/.claude; id=00000000-0000-4000-8000-00000000000",
      "for n in 0 1 2 3; do mkdir -p sessions/$id$n/sessions ops/live; : >ops/live/$id$n; done",
      `printf '{"format":1,"id":"%s0","name":"\\\\u001b]0;owned\\\\u0007","project":"/\\\\u009b2J","cwd":"/x"}' $id >sessions/\${id}0/session.json`,
      "head -c 100000 /dev/urandom >sessions/${id}1/session.json; mkfifo sessions/${id}2/session.json",
      "ln -s /dev/zero sessions/${id}3/session.json",
      "printf '2026-01-01T00:00:00.000Z constructor a=\"\\\\u001b[2J\"\\n\\033]0;owned\\007\\n' >>ops/update.log",
    ];
    const planted = [
      "for name in claude-ops claude-ops-check claude-code bun .bun bunx-0 claude-ops.lock; do",
      "ln -s /etc/canary/file /tmp/$name; done; ln -s /etc/canary /tmp/tmux-0; ln -s /etc/canary /tmp/claude-0",
    ];
    await as("dev", `${garbage.join("\n")}\n${planted.join(" ")}`);
    const before = await outside();
    await rootLooksAfter();
    expect(await changed(before)).toEqual([]);
  });

  test("services, timers, versions, links and root's own files refuse a managed user", async () => {
    const before = await outside();
    const results = REFUSED.map((words) => `(${words}) >/dev/null 2>&1 </dev/null && echo "${words}"`).join(
      "\n",
    );
    expect(await as("dev", `cd /tmp; ${results}\n:`)).toBe("");
    expect(await changed(before)).toEqual([]);
  });

  test("another user of the host reads nothing of a managed user's sessions, claims and memories", async () => {
    await host.exec(["useradd", "--create-home", "other"]);
    const tried = await host.exec([
      ...["runuser", "-u", "other", "--", "sh", "-c"],
      "for path in $(find /home/dev/.claude/ops /home/dev/.claude/sessions /home/dev/.claude/* 2>/dev/null); do " +
      'if [ ! -d "$path" ] && cat "$path" >/dev/null 2>&1; then echo "$path"; fi; done; ls /home/dev/.claude 2>&1; :',
    ]);
    expect(tried).toMatch(/^ls: .*Permission denied\n$/);
    await host.exec(["userdel", "--remove", "other"]);
  });

  test.runIf(FULL)(
    "uninstall leaves nothing and follows nothing while the home changes under it",
    async () => {
      await beside(SWAPPING, async () => {
        await ask(host, ["uninstall", "--purge", "--yes"]);
      }).catch(() => 0);
      await ask(host, ["uninstall", "--purge", "--yes"], [SPARE]);
      expect((await changed(fresh)).filter((line) => !line.includes("/etc/canary"))).toEqual([]);
    },
  );
});

test("a host whose claude-ops answers garbage is a failed host, and never steers the operator's terminal", async () => {
  const operator = new Operator();
  await host.sh(`cat >${PROGRAM}.new && chmod 755 ${PROGRAM}.new && mv ${PROGRAM}.new ${PROGRAM}`, {
    input: "#!/bin/sh\ncat /root/noise >&2; cat /root/answer; exit $(cat /root/status)\n",
  });
  const commands = [["status"], ["session", "list"], ["doctor"], ["cleanup"], ["schedule"], ["log"], [
    "update",
  ], [
    "uninstall",
  ]];
  const answer = {
    ...{
      sessions: [{ name: "n", id: "i", state: "busy", live: true }],
      findings: [{ id: "i", status: "broken" }],
    },
    ...{
      actions: [{ kind: "trash", name: "n" }],
      jobs: [{ job: "j", last: {} }],
      events: [{ time: "t", event: "e" }],
    },
    ...{
      users: [{ name: "n", live: 1 }],
      claudeCode: { current: "2" },
      error: { message: "m", hint: "h" },
      steps: [],
    },
  };
  await forAll(async (make) => {
    const lines = [make.value(), make.like({ id: "a", title: "t", status: "failed" }), make.like(answer)];
    const said = lines.map((line) => JSON.stringify(line)).join("\n");
    await host.sh("cat >/root/answer", { input: make.below(4) ? said : make.damaged(said) });
    const noise = "cat >/root/noise; echo $1 >/root/status";
    await host.exec(["sh", "-c", noise, "sh", make.one(["0", "1", "3", "200"])], { input: make.text() });
    await Promise.all(commands.map(async (words) => {
      const { code, stdout, stderr } = await operator.run([...words, `host${host.number}`]);
      expect([0, 1, 3], words[0]).toContain(code);
      expect(steering(stdout + stderr), words[0]).toEqual([]);
      expect(stderr, words[0]).not.toMatch(/this is a bug|^ +at .*:\d+/m);
    }));
  }, FULL ? 30 : 3);
  operator.remove();
});
