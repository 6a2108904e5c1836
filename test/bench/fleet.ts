/**
 * Install of eight hosts at once against one, and against Ansible with pipelining doing the same on as many hosts.
 * Usage: fleet.ts [HOSTS]. Fresh lab hosts, Claude Code not counted; JSON on stdout.
 */
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Host, Lab } from "../host/lab.ts";
import { BINARY, Operator } from "../host/ops.ts";
import { report, rounded, type Row } from "./report.ts";

const count = Number(process.argv[2] ?? 8);
const playbook = fileURLToPath(new URL("ansible_install.yml", import.meta.url));
const operator = new Operator();
try {
  const ms: Record<string, number> = {};
  await onHosts(1, async (one) => {
    await ours(one); // the operator's side compresses the program once
  });
  await onHosts(1, async (one) => {
    ms.one = await ours(one);
    ms.oneAgain = await ours(one);
  });
  await onHosts(count, async (all) => {
    ms.ours = await ours(all);
    ms.oursAgain = await ours(all);
  });
  if (spawnSync("ansible-playbook", ["--version"]).status === 0) {
    await onHosts(1, (one) => {
      ms.ansibleOne = ansible(one);
      ms.ansibleOneAgain = ansible(one);
    });
    await onHosts(count, (all) => {
      ms.ansible = ansible(all);
      ms.ansibleAgain = ansible(all);
    });
  }
  const seconds = (name: string) => `${(ms[name]! / 1000).toFixed(2)} s`;
  const row = (what: string, name: string, yardstick: string, other: string, goal: number): Row => ({
    what,
    measured: seconds(name),
    yardstick: `${yardstick}: ${seconds(other)}`,
    ratio: rounded(ms[name]! / ms[other]!),
    goal,
  });
  report([
    row(`install of ${count} fresh hosts at once`, "ours", "one host", "one", 3),
    ...(ms.ansible === undefined ? [] : [
      row("install of a fresh host", "one", "Ansible with pipelining", "ansibleOne", 0.25),
      row("the same again, nothing to change", "oneAgain", "Ansible again", "ansibleOneAgain", 0.1),
      row(`install of ${count} fresh hosts at once`, "ours", "Ansible on as many", "ansible", 0.25),
      row("the same again, nothing to change", "oursAgain", "Ansible again", "ansibleAgain", 0.1),
    ]),
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

function ansible(hosts: Host[]): number {
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
  return performance.now() - begin;
}
