import { expect, test } from "vitest";
import { realClaude } from "../claude/real_claude.ts";
import { Terminal } from "../process/terminal.ts";
import { freshHost } from "./fresh_host.ts";
import { type Host, Lab } from "./lab.ts";
import { BINARY } from "./ops.ts";

const user = "dev";
const standIn =
  '#!/bin/sh\necho "hello from $$"\nwhile read -r line; do echo "heard $line"; done\nsleep 1000\n';

/** A host with this program, a user who can log in, and a stand-in for Claude Code. */
async function prepared(options?: Parameters<typeof freshHost>[0]): Promise<Host> {
  const host = await freshHost(options);
  await host.put(BINARY, "/usr/local/bin/claude-ops");
  await host.exec(["useradd", "-m", "-s", "/bin/bash", user]);
  const setUp = `install -d -m 700 -o ${user} -g ${user} /home/${user}/.ssh
install -m 600 -o ${user} -g ${user} /root/.ssh/authorized_keys /home/${user}/.ssh/
cat >/usr/local/bin/standin && chmod 755 /usr/local/bin/standin
echo CLAUDE_OPS_CLAUDE=/usr/local/bin/standin >>/etc/environment
echo npm_config_registry=http://127.0.0.1:9/ >>/etc/environment`;
  await host.sh(setUp, { input: standIn });
  return host;
}

const ops = (host: Host, ...words: string[]) => host.sshAs(user, ["claude-ops", ...words]);

// deno-lint-ignore no-explicit-any
async function sessions(host: Host): Promise<any[]> {
  const words = [
    "runuser",
    "-u",
    user,
    "--",
    "env",
    `HOME=/home/${user}`,
    "claude-ops",
    "session",
    "list",
    "--json",
  ];
  return JSON.parse(await host.exec(words)).sessions;
}

async function liveAfter(host: Host, milliseconds: number): Promise<boolean> {
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
  return (await sessions(host))[0].live;
}

/** A terminal of somebody far away: what is typed there goes over ssh. */
function faraway(host: Host, command: string): Terminal {
  const terminal = new Terminal({ PATH: process.env.PATH!, HOME: "/nonexistent", PS1: "$ " }, "/");
  const quick = "-o BatchMode=yes -o ServerAliveInterval=1 -o ServerAliveCountMax=2";
  terminal.type(
    `ssh -F ${Lab.sshConfig} ${quick} -t -l ${user} host${host.number} '${command}'; echo "ssh ended"`,
  );
  return terminal;
}

test("a session survives a network that goes away and is there when it comes back", async () => {
  const host = await prepared();
  await ops(host, "session", "start", "one", "--detach");
  const [{ pid }] = await sessions(host);
  const before = faraway(host, "claude-ops session attach one");
  await before.see(`hello from ${pid}`);
  before.type("before the cut");
  await before.see("heard before the cut");
  await host.cut();
  await before.see("ssh ended");
  expect(await sessions(host)).toMatchObject([{ name: "one", pid, live: true, detached: true }]);
  await host.heal();
  // It takes a moment until there is a way again.
  await expect.poll(() => host.ssh(["true"]).then(() => true, () => false), { timeout: 20_000 }).toBe(true);
  const after = faraway(host, "claude-ops session attach one");
  expect(await after.see("leaves it running")).toContain("heard before the cut");
  after.type("after the cut");
  await after.see("heard after the cut");
  after.press("C-q");
  await after.see("ssh ended");
  expect(await sessions(host)).toMatchObject([{ pid, live: true }]);
});

test("it outlives the logout; where the host ends what is left of a login, lingering is needed and said", async () => {
  const host = await prepared();
  const lingers = () => host.sh(`ls /var/lib/systemd/linger 2>/dev/null || true`);
  expect(await lingers()).toBe("");
  expect(await ops(host, "session", "start", "default", "--detach")).not.toContain("linger");
  expect(await liveAfter(host, 2000)).toBe(true);
  await host.sh(`kill ${(await sessions(host))[0].pid}`);

  await host.sh("echo KillUserProcesses=yes >>/etc/systemd/logind.conf; systemctl restart systemd-logind");
  const warned = await ops(host, "session", "start", "lost", "--detach");
  expect(warned).toContain(`it ends with your login: this host ends what is left of a login`);
  expect(warned).toContain(`loginctl enable-linger ${user}`);
  for (let i = 0; i < 20 && (await sessions(host))[0].live; i++) {
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  expect(await sessions(host)).toMatchObject([{ name: "lost", live: false }, {
    name: "default",
    live: false,
  }]);

  await host.exec(["loginctl", "enable-linger", user]);
  expect(await ops(host, "session", "start", "kept", "--detach")).not.toContain("linger");
  // Longer than UserStopDelaySec of logind.conf(5), 10 s.
  expect(await liveAfter(host, 12_000)).toBe(true);
  expect(await sessions(host)).toMatchObject([{ name: "kept", live: true }, {}, {}]);
});

test(
  "a container's own limit decides: with 512 MiB there is room for one Claude Code, with more for the next",
  async () => {
    const host = await prepared({ memory: "512M" });
    await host.put(realClaude(), "/usr/local/bin/standin");
    const start = (...words: string[]) => ops(host, "session", "start", ...words, "--detach");
    await start("first");
    const [{ pid }] = await sessions(host);
    const refusal = await start("second").then(
      () => "started",
      (error) => `${error.status}: ${error.stderr}`,
    );
    expect(refusal).toMatch(
      /^75: claude-ops: no room for one more session: a session needs 300 MiB of memory; /,
    );
    expect(refusal).toMatch(/ of 512 MiB is free/);
    expect(refusal).toMatch(new RegExp(`first +\\d+ MiB +pid ${pid} +/home/${user} +\\(detached\\)`));
    expect(refusal).toMatch(/hint: .*claude-ops session attach first; .*--force/);
    await host.memory("1G");
    await start("second");
    await host.memory("512M");
    await start("third", "--force");
    expect((await sessions(host)).map(({ name, live }) => `${name} ${live}`).sort()).toEqual(
      ["first true", "second true", "third true"],
    );
  },
  240_000,
);
