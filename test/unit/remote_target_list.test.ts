import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { rememberFailed } from "../../src/remote/failed_hosts.ts";
import { parseTarget } from "../../src/remote/target.ts";
import { expandTargets } from "../../src/remote/target_list.ts";
import { scratch } from "./scratch.ts";

const state = process.env.XDG_STATE_HOME;
afterEach(() => {
  if (state === undefined) delete process.env.XDG_STATE_HOME;
  else process.env.XDG_STATE_HOME = state;
});

function file(text: string): string {
  const path = join(scratch(), "hosts");
  writeFileSync(path, text);
  return path;
}
const names = async (...words: string[]) => (await expandTargets(words)).map(({ text }) => text);
const list = "# all of ours\nroot@one\n\n[web]\ntwo:2222  # the old one\n[::1]:22\n[db]\nthree\none.more\n";

test("a host named twice is one host", async () => {
  expect(await names("a", "root@a", "a")).toEqual(["a", "root@a"]);
});

test("a list has a host on each line, and groups", async () => {
  const path = file(list);
  expect(await names(`@${path}`)).toEqual(["root@one", "two:2222", "[::1]:22", "three", "one.more"]);
  expect(await names(`@${path}:all`, "four")).toHaveLength(6);
  expect(await names(`@${path}:db`)).toEqual(["three", "one.more"]);
  expect(await expandTargets([`@${path}:web`])).toMatchObject([{ alias: "two", port: 2222 }, {
    alias: "::1",
  }]);
  await expect(names(`@${path}:mail`)).rejects.toThrow(`${path} has no group mail`);
});

test("what is wrong with a list is told with its line", async () => {
  await expect(names("@/no/such/file")).rejects.toThrow("cannot read the hosts in /no/such/file");
  await expect(names(`@${file("# nobody\n")}`)).rejects.toThrow("names no host");
  const path = file("one\nroot@$(reboot)\n");
  await expect(names(`@${path}`)).rejects.toThrow(`${path}:2: not a host`);
});

test("@failed means the hosts that failed the last time, and nobody when none did", async () => {
  process.env.XDG_STATE_HOME = scratch();
  await expect(names("@failed")).rejects.toThrow("no host failed the last time");
  rememberFailed([parseTarget("root@one"), { ...parseTarget("root@10.0.0.1:2222"), text: "web1" }]);
  expect(await expandTargets(["@failed"])).toEqual([
    { text: "root@one", alias: "one", user: "root" },
    { text: "web1", alias: "10.0.0.1", user: "root", port: 2222 },
  ]);
  rememberFailed([]);
  await expect(names("@failed")).rejects.toThrow("no host failed");
});

test("an Ansible inventory without Ansible is refused with what to do", async () => {
  const path = process.env.PATH;
  const empty = scratch();
  mkdirSync(join(empty, "bin"));
  process.env.PATH = join(empty, "bin");
  try {
    await expect(names(`@${file("all: { hosts: { one: } }\n")}`)).rejects.toThrow(
      "Ansible is not here to read it",
    );
  } finally {
    process.env.PATH = path;
  }
});
