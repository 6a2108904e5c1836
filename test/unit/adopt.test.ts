import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { foreignClaudes } from "../../src/claude/foreign.ts";
import { converge } from "../../src/host/converge.ts";
import { claudeCode } from "../../src/host/resources/claude_code.ts";
import { adoptable, takeOver } from "../../src/updates/adopt.ts";
import { Versions } from "../../src/updates/versions.ts";
import { program } from "../packages.ts";
import { scratch } from "./scratch.ts";

/** As large as no stub is. */
const filled = (text: string) => `${text}exit\n${"#".repeat(1 << 20)}\n`;

/** A home where the native installer has put these versions. */
function home(versions: Record<string, string>): string {
  const home = scratch();
  for (const [version, text] of Object.entries(versions)) native(home, version, text);
  return home;
}
function native(home: string, version: string, text: string): string {
  const path = join(home, ".local/share/claude/versions", version);
  mkdirSync(join(path, ".."), { recursive: true, mode: 0o755 });
  writeFileSync(path, text, { mode: 0o755 });
  return path;
}
/** The same by npm with a prefix of the user's own, as 2.1.329 lies there. */
function npm(home: string, version: string, text: string): string {
  const path = join(home, ".npm-global/lib/node_modules/@anthropic-ai/claude-code");
  const platform = join(path, "node_modules/@anthropic-ai/claude-code-linux-x64");
  mkdirSync(platform, { recursive: true, mode: 0o755 });
  mkdirSync(join(path, "bin"));
  writeFileSync(join(path, "package.json"), JSON.stringify({ version }));
  writeFileSync(join(path, "bin/claude.exe"), "echo the stub of an install without scripts\n", {
    mode: 0o755,
  });
  writeFileSync(join(platform, "claude"), text, { mode: 0o755 });
  return join(platform, "claude");
}
const found = (home: string) => foreignClaudes(home, {});

test("the newest that is there and runs is taken over; the original is neither moved nor linked", async () => {
  const where = home({ "2.1.320": filled(program("2.1.320")) });
  const theirs = npm(where, "2.1.329", filled(program("2.1.329")));
  const versions = new Versions(join(scratch(), "claude-code"));
  expect(await takeOver(versions, found(where))).toMatchObject({ how: "npm", version: "2.1.329" });
  expect(await versions.list()).toEqual(["2.1.329"]);
  expect(readFileSync(versions.executable("2.1.329")).equals(readFileSync(theirs))).toBe(true);
  expect(statSync(versions.executable("2.1.329")).ino).not.toBe(statSync(theirs).ino);
});

test("what is cut off, lies about its version or is a stub is passed over, and leaves nothing", async () => {
  const where = home({ "2.1.320": filled(program("2.1.320")) });
  npm(where, "2.1.330", filled("#!/bin/sh\nexit 1\n"));
  native(where, "2.1.329", filled(program("2.1.328")));
  const versions = new Versions(join(scratch(), "claude-code"));
  expect(await takeOver(versions, found(where))).toBeUndefined();
  expect(readdirSync(join(versions.root, "versions"))).toEqual([]);
  writeFileSync(join(where, ".local/share/claude/versions/2.1.329"), program("2.1.329"));
  expect(adoptable(found(where)).map(({ version }) => version)).toEqual(["2.1.330"]);
});

test("what others may change on any step of the way, and what is too old, is not taken over", () => {
  const where = home({ "2.1.329": filled(program("2.1.329")) });
  const versions = () => adoptable(found(where)).map(({ version }) => version);
  expect(versions()).toEqual(["2.1.329"]);
  chmodSync(join(where, ".local/share"), 0o775);
  expect(versions()).toEqual([]);
  chmodSync(join(where, ".local/share"), 0o755);
  chmodSync(join(where, ".local/share/claude/versions/2.1.329"), 0o757);
  expect(versions()).toEqual([]);
  for (const old of ["2.0.77", "2.1.200"]) {
    expect(adoptable(found(home({ [old]: filled(program(old)) })))).toEqual([]);
  }
});

test("install takes one over where none is managed and none was asked for, and asks no registry", async () => {
  const where = home({ "2.1.329": filled(program("2.1.329")) });
  const root = join(scratch(), "claude-code");
  const away = () => Promise.reject(new Error("the registry was asked"));
  const resource = (wish: string) =>
    claudeCode(root, wish, { find: away, package: away }, { beside: () => found(where) });
  const words = `2.1.329, taken over from native installer in ${where}/.local/share/claude/versions/2.1.329`;
  expect(await converge([resource("any")], { check: true })).toMatchObject([
    { status: "would-change", detail: `would be created: ${words}` },
  ]);
  expect(existsSync(root)).toBe(false);
  expect(await converge([resource("latest")], {})).toMatchObject([{ status: "failed" }]);
  expect(await converge([resource("any")], {})).toMatchObject([{ status: "changed", detail: words }]);
  expect(await new Versions(root).current()).toBe("2.1.329");
});
