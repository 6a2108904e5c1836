/**
 * Install of eight hosts at once against one, and against Ansible with pipelining doing the same on as many hosts.
 * Usage: fleet.ts [HOSTS] [ROUNDS]. Fresh lab hosts, Claude Code not counted; medians; JSON on stdout.
 */
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Host, Lab } from "../host/lab.ts";
import { BINARY, Operator } from "../host/ops.ts";
import { compare, report } from "./report.ts";

const count = Number(process.argv[2] ?? 8);
const rounds = Number(process.argv[3] ?? 3);
const playbook = fileURLToPath(new URL("ansible_install.yml", import.meta.url));
const operator = new Operator();
const ms: Record<string, number[]> = {};
const measure = async (name: string, work: () => Promise<number>) => (ms[name] ??= []).push(await work());
try {
  await onHosts(1, async (one) => {
    await ours(one); // the operator's side compresses the program once
  });
  for (let round = 0; round < rounds; round++) {
    for (const [name, size] of [["one", 1], ["all", count]] as const) {
      for (const [way, install] of [["ours", ours], ["ansible", ansible]] as const) {
        await onHosts(size, async (hosts) => {
          await measure(`${way}.${name}`, () => install(hosts));
          await measure(`${way}.${name}.again`, () => install(hosts));
        });
      }
    }
  }
  const row = (what: string, name: string, than: string, goal: number, yardstick = `ansible.${name}`) =>
    compare(what, ms[`ours.${name}`]!, than, ms[yardstick]!, goal);
  report([
    row("install of a fresh host", "one", "Ansible with pipelining", 0.25),
    row("install again, nothing to change", "one.again", "Ansible again", 0.1),
    row(`install of ${count} fresh hosts at once`, "all", "one host", 3, "ours.one"),
    row(`install of ${count} fresh hosts`, "all", "Ansible with pipelining", 0.25),
    row(`install of ${count} hosts again`, "all.again", "Ansible again", 0.1),
  ], { ms });
} finally {
  operator.remove();
}

async function onHosts(count: number, work: (hosts: Host[]) => Promise<void> | void): Promise<void> {
  const hosts: Host[] = [];
  for (let at = 0; at < count; at++) hosts.push(await Lab.host());
  try {
    await work(hosts);
  } finally {
    await Promise.all(hosts.map((host) => host.down()));
  }
}

async function ours(hosts: Host[]): Promise<number> {
  const names = hosts.map(({ number }) => `host${number}`);
  const begin = performance.now();
  const done = await operator.run(["install", ...names, "--user", "dev", "--claude-version", "none"]);
  if (done.code !== 0) throw new Error(done.stderr + done.stdout);
  return performance.now() - begin;
}

function ansible(hosts: Host[]): Promise<number> {
  const inventory = join(operator.home, "inventory");
  const lines = hosts.map(({ number }) => `host${number} ansible_user=root`);
  writeFileSync(inventory, lines.join("\n") + "\n");
  const env = {
    PATH: process.env.PATH!,
    HOME: operator.home,
    LANG: "C.UTF-8",
    ANSIBLE_PIPELINING: "True",
    ANSIBLE_FORKS: "16",
    ANSIBLE_SSH_ARGS: `-F ${operator.sshConfig} -o ControlMaster=auto -o ControlPersist=60s`,
    ANSIBLE_SSH_CONTROL_PATH_DIR: join(operator.home, "cp"),
    ANSIBLE_PYTHON_INTERPRETER: "/usr/bin/python3",
  };
  const begin = performance.now();
  const done = spawnSync("ansible-playbook", ["-i", inventory, playbook, "-e", `binary=${BINARY}`], {
    env,
    encoding: "utf8",
  });
  if (done.status !== 0) throw new Error(done.stdout + done.stderr);
  return Promise.resolve(performance.now() - begin);
}
