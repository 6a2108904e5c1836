import { execFileSync, spawnSync } from "node:child_process";
import * as fs from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import {
  downloadTarball,
  fromFile,
  type PackageSource,
  tarballPath,
} from "../../src/updates/fetch_package.ts";
import { stage } from "../../src/updates/stage.ts";
import { versionsRoots } from "../../src/claude/executable.ts";
import { Versions } from "../../src/updates/versions.ts";
import { identify, makePackage, program } from "../packages.ts";
import { scratch } from "./scratch.ts";

let dir = "";
let versions: Versions;
beforeEach(() => {
  dir = scratch();
  versions = new Versions(join(dir, "root"));
});

const made = (version: string, options = {}): PackageSource => {
  const { file, id } = makePackage(dir, version, options);
  return fromFile(file, id);
};
const inside = () => fs.readdirSync(join(versions.root, "versions")).sort();
const mode = (path: string) => (fs.lstatSync(path).mode & 0o7777).toString(8);

test("a package becomes a version with plain modes, and nothing else is left", async () => {
  const source = made("2.1.300", {
    prepare: (content: string) => {
      fs.mkdirSync(join(content, "vendor"), { mode: 0o700 });
      fs.writeFileSync(join(content, "vendor", "notes"), "x", { mode: 0o600 });
      fs.chmodSync(join(content, "claude"), 0o4777);
    },
  });
  const seen: [number, number | undefined][] = [];
  expect(await stage(versions, source, (...progress) => seen.push(progress))).toBe(true);
  expect(inside()).toEqual(["2.1.300"]);
  const at = (name: string) => join(versions.path("2.1.300"), name);
  expect([at(""), at("claude"), at("package.json"), at("vendor"), at("vendor/notes")].map(mode))
    .toEqual(["755", "755", "644", "755", "644"]);
  expect(execFileSync(versions.executable("2.1.300"), { encoding: "utf8" })).toContain("2.1.300");
  expect(seen.at(-1)?.[0]).toBe(seen.at(-1)?.[1]);
});

test("a version that is there is never touched", async () => {
  await stage(versions, made("2.1.300"));
  const before = fs.statSync(versions.executable("2.1.300"));
  const never: PackageSource = { ...made("2.1.300"), open: () => Promise.reject(new Error("opened")) };
  expect(await stage(versions, never)).toBe(false);
  expect(fs.statSync(versions.executable("2.1.300"))).toMatchObject({
    ino: before.ino,
    ctimeMs: before.ctimeMs,
  });
});

test("versions are listed by semver, what is incomplete or no version is not", async () => {
  for (const version of ["2.1.9", "2.1.10", "2.1.300"]) await stage(versions, made(version));
  fs.mkdirSync(join(versions.root, "versions", "2.1.8"));
  fs.mkdirSync(join(versions.root, "versions", "latest"));
  fs.symlinkSync("2.1.9", join(versions.root, "versions", "2.1.7"));
  expect(await versions.list()).toEqual(["2.1.9", "2.1.10", "2.1.300"]);
  expect(await new Versions(join(dir, "none")).list()).toEqual([]);
});

test("activating switches a relative link and tells what was; removing the current version is refused", async () => {
  for (const version of ["2.1.299", "2.1.300"]) await stage(versions, made(version));
  expect(await versions.current()).toBeUndefined();
  expect(await versions.activate("2.1.299")).toBeUndefined();
  expect(await versions.activate("2.1.300")).toBe("2.1.299");
  expect(fs.readlinkSync(join(versions.root, "current"))).toBe("versions/2.1.300");
  await expect(versions.remove("2.1.300")).rejects.toMatchObject({ code: "version-current" });
  await versions.remove("2.1.299");
  expect(await versions.list()).toEqual(["2.1.300"]);
  await expect(versions.activate("2.1.299")).rejects.toMatchObject({ code: "version-missing" });
  await expect(versions.remove("2.1.299")).rejects.toMatchObject({ code: "version-missing" });
  expect(await versions.current()).toBe("2.1.300");
  expect(fs.readdirSync(versions.root).sort()).toEqual(["current", "versions"]);
});

test("a `current` that leads elsewhere is no version, and is replaced", async () => {
  await stage(versions, made("2.1.300"));
  for (const target of ["../../evil", "/usr/bin", "versions/../2.1.300", "versions/2.1.1"]) {
    fs.rmSync(join(versions.root, "current"), { force: true });
    fs.symlinkSync(target, join(versions.root, "current"));
    expect(await versions.current()).toBeUndefined();
  }
  await versions.activate("2.1.300");
  expect(await versions.current()).toBe("2.1.300");
});

test.each(["..", "../../etc", "2.1.300/..", "v2.1.300", "2.1", "latest", "", "2.1.300+x", "2.1.300\n"])(
  "%j is no name of a version",
  async (name) => {
    expect(() => versions.path(name)).toThrow(/is not a version/);
    await expect(versions.remove(name)).rejects.toThrow(/is not a version/);
    await expect(stage(versions, { ...made("2.1.300"), version: name })).rejects.toThrow(/is not a version/);
  },
);

test("a link or file planted where the version goes is neither followed nor replaced", async () => {
  await versions.prepare();
  const target = join(dir, "elsewhere");
  fs.mkdirSync(target);
  fs.symlinkSync(target, versions.path("2.1.300"));
  await expect(stage(versions, made("2.1.300"))).rejects.toMatchObject({ code: "versions-unsafe" });
  fs.writeFileSync(versions.path("2.1.301"), "x");
  await expect(stage(versions, made("2.1.301"))).rejects.toMatchObject({ code: "versions-unsafe" });
  expect(fs.readdirSync(target)).toEqual([]);
  expect(inside()).toEqual(["2.1.300", "2.1.301"]);
});

test("a root that is a link, or that others may write to, is refused", async () => {
  fs.mkdirSync(join(dir, "real"));
  fs.symlinkSync("real", versions.root);
  await expect(stage(versions, made("2.1.300"))).rejects.toMatchObject({ code: "versions-unsafe" });
  fs.rmSync(versions.root);
  fs.mkdirSync(versions.root);
  fs.chmodSync(versions.root, 0o777);
  await expect(stage(versions, made("2.1.300"))).rejects.toThrow(/may be written to by others/);
});

test.runIf(process.getuid?.() === 0)("root does not use a directory that belongs to a user", async () => {
  fs.mkdirSync(versions.root);
  fs.chownSync(versions.root, 65534, 65534);
  await expect(stage(versions, made("2.1.300"))).rejects.toThrow(/belongs to user 65534/);
});

test("a version whose program vanished is put right", async () => {
  await stage(versions, made("2.1.300"));
  fs.rmSync(versions.executable("2.1.300"));
  expect(await versions.list()).toEqual([]);
  expect(await stage(versions, made("2.1.300"))).toBe(true);
  expect(inside()).toEqual(["2.1.300"]);
});

const broken: [string, string, RegExp][] = [
  ["says another version", program("2.1.299"), /it says that it is 2\.1\.299/],
  ["says nothing of use", "#!/bin/sh\necho hello\n", /does not say its version/],
  ["fails", "#!/bin/sh\nexit 7\n", /failed with 7/],
  ["is for another machine", "\x7fELFgarbage", /does not run on this host/],
  ["dies", "#!/bin/sh\nkill -SEGV $$\n", /ended by SIGSEGV/],
];
test.each(broken)("a program that %s does not count", async (_name, claude, expected) => {
  await stage(versions, made("2.1.299"));
  await expect(stage(versions, made("2.1.300", { claude }))).rejects.toMatchObject({
    message: expect.stringMatching(expected),
    code: "version-broken",
  });
  expect(inside()).toEqual(["2.1.299"]);
});

test("the program is tried with a home of its own and nothing of our environment", async () => {
  const claude = '#!/bin/sh\nenv > "$HOME/../package/env"\necho "2.1.300 (Claude Code)"\n';
  process.env.OURS = "secret";
  await stage(versions, made("2.1.300", { claude }));
  const env = fs.readFileSync(join(versions.path("2.1.300"), "env"), "utf8");
  expect(env).toMatch(/^HOME=.*\.staging-2\.1\.300~/m);
  expect(env).not.toMatch(/OURS|ANTHROPIC|CLAUDECODE/);
});

test("wrong bytes, cut bytes, no hash and no package at all leave what was there", async () => {
  await stage(versions, made("2.1.299"));
  const good = makePackage(dir, "2.1.300");
  const bytes = fs.readFileSync(good.file);
  const garbage = join(dir, "garbage");
  fs.writeFileSync(garbage, "<html>log in here</html>".repeat(1000));
  const cut = join(dir, "cut");
  fs.writeFileSync(cut, bytes.subarray(0, bytes.length - 20));
  const longer = join(dir, "longer");
  fs.writeFileSync(longer, Buffer.concat([bytes, Buffer.alloc(1 << 20, "trailing")]));
  const other = makePackage(dir, "2.1.301");
  for (
    const source of [
      fromFile(garbage, identify(garbage, "2.1.300")),
      fromFile(garbage, good.id),
      fromFile(cut, good.id),
      fromFile(longer, good.id),
      fromFile(other.file, { ...good.id }),
      fromFile(good.file, { ...good.id, integrity: "sha512-AAAA" }),
    ]
  ) await expect(stage(versions, source)).rejects.toMatchObject({ code: "package-damaged" });
  for (const integrity of ["", "sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk="]) {
    await expect(stage(versions, fromFile(good.file, { ...good.id, integrity }))).rejects.toThrow(/SHA-512/);
  }
  await expect(stage(versions, fromFile(join(dir, "gone"), good.id))).rejects.toThrow(/ENOENT/);
  expect(inside()).toEqual(["2.1.299"]);
});

test("links in a package are left out", async () => {
  const source = made("2.1.300", {
    prepare: (content: string) => {
      fs.symlinkSync("/etc/passwd", join(content, "soft"));
      fs.writeFileSync(join(content, "one"), "x");
      fs.linkSync(join(content, "one"), join(content, "two"));
      execFileSync("mkfifo", [join(content, "fifo")]);
    },
  });
  await stage(versions, source);
  const names = fs.readdirSync(versions.path("2.1.300"));
  expect(names.filter((name) => !/^(one|two)$/.test(name)).sort()).toEqual(["claude", "package.json"]);
  // The real tar stores the first of the two names as the file, the second as a link to it.
  expect(names).toHaveLength(3);
});

test.each([
  ["climbs out", ["-P", "--transform=s,package/package.json,package/../../../../out,", "package"]],
  ["is absolute", ["-P", "--transform=s,package/package.json,//out,", "package"]],
])("a path that %s ends it", async (_name, tarArguments) => {
  await expect(stage(versions, made("2.1.300", { tarArguments }))).rejects.toMatchObject({
    code: "package-damaged",
  });
  expect(inside()).toEqual([]);
  expect(fs.readdirSync(dir).filter((name) => name.includes("out"))).toEqual([]);
});

test("what a dead process left is cleared, what a live one works on is not", async () => {
  await versions.prepare();
  const dead = spawnSync("true").pid;
  const at = (name: string) => join(versions.root, "versions", name);
  for (const pid of [dead, process.ppid]) fs.mkdirSync(at(`.staging-2.1.299~${pid}~abcd1234`));
  fs.mkdirSync(at(".mine"));
  fs.symlinkSync("versions/2.1.1", join(versions.root, `.current~${dead}~abcd1234`));
  await stage(versions, made("2.1.300"));
  expect(inside()).toEqual([`.mine`, `.staging-2.1.299~${process.ppid}~abcd1234`, "2.1.300"]);
  expect(fs.readdirSync(versions.root)).toEqual(["versions"]);
});

test("two at once for one version both end well", async () => {
  const results = await Promise.all([1, 2, 3].map(() => stage(versions, made("2.1.300"))));
  expect(results.filter(Boolean)).toHaveLength(1);
  expect(inside()).toEqual(["2.1.300"]);
});

test("too little space is found out before anything is written", async () => {
  const source = { ...made("2.1.300"), unpackedSize: 2 ** 60 };
  await expect(stage(versions, source)).rejects.toMatchObject({ code: "disk-full" });
  expect(inside()).toEqual([]);
});

test("a tarball is kept once, verified whenever it is used again, and replaced when it went bad", async () => {
  const { file, id } = makePackage(dir, "2.1.300");
  const kept = tarballPath(id, { XDG_CACHE_HOME: join(dir, "cache") });
  expect(kept).toBe(join(dir, "cache/claude-ops/packages/anthropic-ai-claude-code-linux-x64-2.1.300.tgz"));
  expect(await downloadTarball(fromFile(file, id), kept)).toBe(true);
  expect(await downloadTarball(fromFile(file, id), kept)).toBe(false);
  fs.appendFileSync(kept, "x");
  expect(await downloadTarball(fromFile(file, id), kept)).toBe(true);
  expect(identify(kept, "2.1.300")).toEqual(id);
  const wrong = { ...id, version: "2.1.301", integrity: `sha512-${btoa("x".repeat(64))}` };
  const never = tarballPath(wrong, { XDG_CACHE_HOME: join(dir, "cache") });
  await expect(downloadTarball(fromFile(file, wrong), never)).rejects.toMatchObject({
    code: "package-damaged",
  });
  expect(fs.readdirSync(join(dir, "cache/claude-ops/packages"))).toEqual([kept.split("/").at(-1)]);
});

test("the user's root follows XDG_DATA_HOME", () => {
  expect(versionsRoots("/home/x", { HOME: "/home/x" })[0]).toBe("/home/x/.local/share/claude-code");
  expect(versionsRoots("/home/x", { HOME: "/home/x", XDG_DATA_HOME: "/data" })[0]).toBe("/data/claude-code");
  expect(versionsRoots("/home/x", { HOME: "/home/x", XDG_DATA_HOME: "relative" })[0]).toBe(
    "/home/x/.local/share/claude-code",
  );
});
