import { chmodSync, chownSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { configFiles, loadConfig, loadSettings } from "../../src/config/load.ts";
import { ConfigFailure } from "../../src/config/problem.ts";
import { scratch } from "./scratch.ts";

const root = process.getuid!() === 0;
let dir: string;
let host: string;
let user: string;
const places = () => ({ host, env: { HOME: dir } });

beforeEach(() => {
  dir = scratch();
  for (const part of ["etc", ".config/claude-ops"]) mkdirSync(join(dir, part), { recursive: true });
  host = join(dir, "etc/config.toml");
  user = join(dir, ".config/claude-ops/config.toml");
});

async function refusal(scope = { system: false }): Promise<ConfigFailure> {
  try {
    await loadConfig(scope, places());
  } catch (error) {
    if (error instanceof ConfigFailure) return error;
    throw error;
  }
  throw new Error("accepted");
}

test("without files every key has its default, in milliseconds and bytes", async () => {
  const { config, settings, files } = await loadSettings({ system: false }, places());
  expect(config).toMatchObject({
    claude: { channel: "latest" },
    updates: { check: true, interval: 3_600_000 },
    doctor: { min_disk: 2 ** 30, min_memory: 300 * 2 ** 20 },
  });
  expect(settings.size).toBe(0);
  expect(files).toEqual([{ file: host, found: false }, { file: user, found: false }]);
});

test("the user's file is stronger than the host's, key by key, and the origin of each value is known", async () => {
  writeFileSync(host, '[claude]\nchannel = "stable"\n[updates]\ninterval = "3h"\n');
  writeFileSync(user, "\n[updates]\ninterval = '90s'\n");
  const { config, settings } = await loadSettings({ system: false }, places());
  expect(config.claude.channel).toBe("stable");
  expect(config.updates.interval).toBe(90_000);
  expect(settings.get("claude.channel")).toMatchObject({ file: host, line: 2 });
  expect(settings.get("updates.interval")).toMatchObject({ file: user, line: 3 });
});

test("problems of all files are reported at once, with their places", async () => {
  writeFileSync(host, "[updates]\nchanel = 1\n");
  writeFileSync(user, "[doctor]\nmin_disk = 5\nfoo = 1\n");
  const failure = await refusal();
  expect(failure.problems.map(({ file, line }) => [file, line])).toEqual([[host, 2], [user, 2], [user, 3]]);
  expect(failure.message.split("\n")).toHaveLength(4);
});

test("where a user's file is looked for follows XDG_CONFIG_HOME, unless it is relative", () => {
  const files = (env: Record<string, string>) => configFiles({ system: false }, { host: "/h", env });
  expect(files({ HOME: "/home/a" })).toEqual(["/h", "/home/a/.config/claude-ops/config.toml"]);
  expect(files({ HOME: "/home/a", XDG_CONFIG_HOME: "/x" })).toEqual(["/h", "/x/claude-ops/config.toml"]);
  expect(files({ HOME: "/home/a", XDG_CONFIG_HOME: "x" })).toEqual([
    "/h",
    "/home/a/.config/claude-ops/config.toml",
  ]);
  expect(files({})).toEqual(["/h"]);
});

test("root acts by the host's file alone", async () => {
  writeFileSync(user, '[claude]\nchannel = "stable"\n');
  expect((await loadConfig({ system: true }, places())).claude.channel).toBe("latest");
  expect(configFiles({ system: true }, places())).toEqual([host]);
});

test("root does not go by a file that others can write", async () => {
  writeFileSync(host, "");
  chmodSync(host, 0o664);
  const failure = await refusal({ system: true });
  expect(failure.message).toContain(root ? "is writable by others" : "belongs to user");
  expect(failure.hint).toMatch(/^ch(mod|own) /);
});

test.runIf(root)("root does not go by a file of a user, nor by one in a user's directory", async () => {
  writeFileSync(host, "");
  expect((await loadConfig({ system: true }, places())).claude.channel).toBe("latest");
  chownSync(host, 1000, 1000);
  expect((await refusal({ system: true })).message).toContain("belongs to user 1000");
  chownSync(host, 0, 0);
  chownSync(join(dir, "etc"), 1000, 1000);
  expect((await refusal({ system: true })).message).toContain("belongs to user 1000");
  chownSync(join(dir, "etc"), 0, 0);
  chmodSync(join(dir, "etc"), 0o777);
  expect((await refusal({ system: true })).message).toContain("is writable by others");
});

test.skipIf(root)("an unreadable file is refused with what to do", async () => {
  writeFileSync(user, "");
  chmodSync(user, 0);
  expect((await refusal()).message).toContain("cannot be read (EACCES)");
});

test("what is no file with text is refused by name, without waiting", async () => {
  mkdirSync(user);
  expect((await refusal()).message).toBe(`${user}: is a directory, not a file`);
  rmSync(user, { recursive: true });
  execFileSync("mkfifo", [user]);
  expect((await refusal()).message).toBe(`${user}: is not a regular file`);
  rmSync(user);
  writeFileSync(user, Buffer.alloc((1 << 20) + 1, "#"));
  expect((await refusal()).message).toBe(`${user}: is larger than 1 MiB`);
  writeFileSync(user, Buffer.from([0x5b, 0xff, 0xfe]));
  expect((await refusal()).message).toBe(`${user}: is not UTF-8`);
  writeFileSync(user, "\ufeff[claude]\n");
  expect((await refusal()).message).toBe(`${user}: starts with a byte order mark`);
  rmSync(user);
  symlinkSync(user, user);
  expect((await refusal()).message).toContain("cannot be read (ELOOP)");
});

test("a file of exactly 1 MiB is still read", async () => {
  writeFileSync(user, '[claude]\nchannel = "stable"\n'.padEnd(1 << 20, "#"));
  expect((await loadConfig({ system: false }, places())).claude.channel).toBe("stable");
});
