import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { beforeEach, expect, test } from "vitest";
import { isolation, login } from "../../src/host/checks/home.ts";
import { clock } from "../../src/host/checks/machine.ts";
import { diagnose } from "../../src/host/diagnose.ts";
import { managedUsers } from "../../src/host/records.ts";
import { sudoersRule, usersOfRule } from "../../src/host/sudoers.ts";
import { scratch } from "./scratch.ts";

let dir: string;
beforeEach(() => void (dir = scratch()));

test("a clock that stands at 1970 is named, today's is not", async () => {
  const [finding] = await diagnose([clock(() => 0)]);
  expect(finding).toMatchObject({ id: "clock", status: "broken", actual: "1970-01-01T00:00:00.000Z" });
  expect(await diagnose([clock()])).toEqual([]);
});

test.each([
  ["without a refresh token, past its time", { accessToken: "a", expiresAt: 1 }, "expired on 1970"],
  ["blanked by a refresh that failed", { accessToken: "" }, "blank"],
])("a login %s is named", async (_how, claudeAiOauth, actual) => {
  writeFileSync(`${dir}/.credentials.json`, JSON.stringify({ claudeAiOauth }), { mode: 0o600 });
  expect(await login(dir).read()).toMatchObject({ actual: expect.stringContaining(actual) });
});

test("a login that can be refreshed, or none, is fine; one that others may read is not", async () => {
  expect(await login(dir).read()).toBeNull();
  const text = JSON.stringify({ claudeAiOauth: { accessToken: "a", refreshToken: "r", expiresAt: 1 } });
  writeFileSync(`${dir}/.credentials.json`, text, { mode: 0o600 });
  expect(await login(dir).read()).toBeNull();
  rmSync(`${dir}/.credentials.json`);
  writeFileSync(`${dir}/.credentials.json`, text, { mode: 0o644 });
  expect(await login(dir).read()).toMatchObject({ actual: "644" });
});

test("only directories that sessions have are looked into for links", async () => {
  const session = `${dir}/sessions/01234567-89ab-4def-8123-456789abcdef`;
  mkdirSync(session, { recursive: true });
  mkdirSync(`${dir}/sessions/notes`);
  symlinkSync("/dev/null", `${dir}/sessions/notes/history.jsonl`);
  expect(await isolation(dir).read()).toBeNull();
  symlinkSync("/dev/null", `${session}/history.jsonl`);
  expect(await isolation(dir).read()).toMatchObject({ actual: `links: ${session}/history.jsonl` });
});

test("a user whose record is lost is known by the sudo rule still, one whom somebody else's rule names is not", () => {
  const rule = `${dir}/rule`;
  writeFileSync(rule, sudoersRule(["dev", "ops"]) + "eve ALL=(ALL) NOPASSWD: ALL\n");
  expect(usersOfRule(rule)).toEqual(["dev", "ops"]);
  writeFileSync(`${dir}/ops.json`, "");
  writeFileSync(`${dir}/zoe.json`, "");
  expect(managedUsers(dir, rule)).toEqual(["dev", "ops", "zoe"]);
  expect(managedUsers(`${dir}/none`, `${dir}/none`)).toEqual([]);
});
