import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { expandTargets } from "../../src/remote/target_list.ts";
import { scratch } from "../unit/scratch.ts";

function file(text: string): string {
  const path = join(scratch(), "hosts");
  writeFileSync(path, text);
  return path;
}
const names = async (...words: string[]) => (await expandTargets(words)).map(({ text }) => text);

const ansible = spawnSync("ansible-inventory", ["--version"]).status === 0;
const why = ansible ? "" : " (skipped: ansible-core is not to be had)";
const yaml = `
all:
  vars: { ansible_user: root }
  children:
    web: { children: { front: { hosts: { "web[1:2]": { ansible_port: 2222 } } } } }
    db: { hosts: { db1: { ansible_host: "fd00::5", ansible_user: admin } } }
`;

test.runIf(ansible)(`an Ansible inventory is read as Ansible reads it${why}`, async () => {
  const path = join(scratch(), "hosts.yml");
  writeFileSync(path, yaml);
  expect(await names(`@${path}`)).toEqual(["web1", "web2", "db1"]);
  expect(await expandTargets([`@${path}:web`])).toEqual([
    { text: "web1", alias: "web1", user: "root", port: 2222 },
    { text: "web2", alias: "web2", user: "root", port: 2222 },
  ]);
  expect(await expandTargets([`@${path}:db`])).toEqual([{ text: "db1", alias: "fd00::5", user: "admin" }]);
  await expect(names(`@${path}:mail`)).rejects.toThrow("has no group mail");
  const ini = file("[web]\nweb[01:03] ansible_user=root\n");
  expect(await names(`@${ini}:web`)).toEqual(["web01", "web02", "web03"]);
  await expect(names(`@${file("{ not: [an inventory")}`)).rejects.toThrow(/Ansible cannot read .*hosts/);
}, 120_000);
