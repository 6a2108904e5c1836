import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";
import { freshHost } from "./fresh_host.ts";
import { Lab } from "./lab.ts";
import { run } from "./login_host.ts";
import { ask } from "./managed_host.ts";
import { BINARY, Operator, snapshot } from "./ops.ts";

const ROLE = fileURLToPath(new URL("../../ansible", import.meta.url));
const operator = new Operator();
afterAll(() => operator.remove());

const has = (program: string) => spawnSync(program, ["--version"]).status === 0;
const noAnsible = has("ansible-playbook") ? "" : " (skipped: ansible-core is not to be had)";
const noLint = has("ansible-lint") ? "" : " (skipped: ansible-lint is not to be had)";

test.skipIf(noLint)(`the role is clean at ansible-lint's strictest profile${noLint}`, async () => {
  const env = { HOME: operator.home, NO_COLOR: "1" };
  const words = ["--offline", "--nocolor", "--profile", "production", "playbook.yml", "roles/claude_ops"];
  const linted = await run(["env", "-C", ROLE, "ansible-lint", ...words], { env });
  expect(linted.stderr).toMatch(
    /Passed with production profile: 0 failure\(s\), 0 warning\(s\) on [6-9] files/,
  );
});

test.skipIf(noAnsible)(
  `check mode changes nothing, a run sets the host up, a second run changes nothing${noAnsible}`,
  async () => {
    const host = await freshHost();
    const inventory = join(operator.home, "hosts.yml");
    const key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ3xg2rAy1wJzUYyoO4b6S2gGqL3l0i3oQ3CwWEm8XyQ someone";
    const hosts = {
      claude_hosts: {
        hosts: { [`host${host.number}`]: {} },
        vars: {
          ansible_user: "root",
          ansible_ssh_common_args: `-F ${Lab.sshConfig}`,
          ansible_python_interpreter: "/usr/bin/python3",
          claude_ops_binary: BINARY,
          claude_ops_user: "dev",
          claude_ops_claude_version: "none",
          claude_ops_authorized_key: key,
          claude_ops_login_shell: true,
          claude_ops_config: '[updates]\ninterval = "2h"\n',
        },
      },
    };
    const play = async (inventoryOf: object, ...words: string[]) => {
      writeFileSync(inventory, JSON.stringify(inventoryOf));
      const env = { HOME: operator.home, ANSIBLE_NOCOLOR: "1", LANG: "C.UTF-8" };
      const playbook = ["ansible-playbook", "-i", inventory, "playbook.yml", ...words];
      const played = await run(["env", "-C", ROLE, ...playbook], { env, timeout: 120_000 });
      return { status: played.status, said: `${played.stdout}${played.stderr}` };
    };
    // Ansible itself leaves an empty directory of its own behind.
    const state = async () => (await snapshot(host)).filter((line) => !line.startsWith("/root/.ansible"));
    const before = await state();
    expect((await play(hosts, "--check")).said).toMatch(/changed=[1-9].*failed=0/);
    expect(await state()).toEqual(before);

    const first = await play(hosts);
    expect(first.status, first.said).toBe(0);
    expect(first.said).toMatch(/changed=[1-9].*failed=0/);
    expect(await host.exec(["cat", "/home/dev/.ssh/authorized_keys"])).toContain(key);
    expect(await host.exec(["getent", "passwd", "dev"])).toContain("claude-shell");
    const words = ["install", "--system", "--user", "dev", "--claude-version", "none", "--check"];
    expect(await ask(host, words)).toMatchObject({ exit: 0, said: { changed: 0 } });

    expect((await play(hosts)).said).toMatch(/changed=0 .*failed=0/);
    expect((await play(hosts, "--check")).said).toMatch(/changed=0 .*failed=0/);

    // Something went wrong on the host: check mode tells, a run mends.
    await host.exec(["rm", "/etc/sudoers.d/claude-update"]);
    expect((await play(hosts, "--check")).said).toMatch(/changed=1 .*failed=0/);
    expect((await play(hosts)).said).toMatch(/changed=1 .*failed=0/);

    const wrong = structuredClone(hosts);
    wrong.claude_hosts.vars.claude_ops_config = '[updates]\nintervall = "2h"\n';
    const refused = await play(wrong);
    expect(refused.status).not.toBe(0);
    expect(refused.said).toContain("intervall");
    expect(await host.exec(["cat", "/etc/claude-ops/config.toml"])).toBe('[updates]\ninterval = "2h"\n');
  },
);
