import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { foreignClaude, ownBeforeHost } from "../../src/host/checks/foreign_claude.ts";
import { heldBack, lastCheck, updateWaits } from "../../src/host/checks/updates.ts";
import { changeState, writeWaiting } from "../../src/updates/state.ts";
import { scratch, script } from "./scratch.ts";

const day = 86_400_000;

function versionsRoot(current = "2.1.300"): string {
  const root = scratch();
  mkdirSync(join(root, "versions", current), { recursive: true });
  script(join(root, "versions", current, "claude"), "exit 0");
  symlinkSync(`versions/${current}`, join(root, "current"));
  return root;
}

test("a release that waits is named with whom it waits for, once it has waited for too long", async () => {
  const root = versionsRoot();
  expect(await updateWaits(root, day).read()).toBeNull();
  const since = "2026-05-01T12:00:00.000Z";
  writeWaiting(root, { version: "2.1.329", since, for: [{ pid: 42, user: "dev", session: "api" }] });
  const at = (ms: number) => updateWaits(root, day, () => Date.parse(since) + ms).read();
  expect(await at(day - 1)).toBeNull();
  expect(await at(day + 1)).toEqual({
    expected: "switched to within 1 day",
    actual: "2.1.329 waits since 2026-05-01 12:00 for session api of dev (pid 42)",
  });
});

test("a look at the registry that failed is named until one succeeds; what cannot be read is no finding", async () => {
  const root = versionsRoot();
  changeState(root, { checked: { at: "2026-05-01T12:00:00.000Z", wanted: "latest", problem: "no route" } });
  expect(await lastCheck(root).read()).toEqual({
    expected: "an answer at 2026-05-01T12:00Z",
    actual: "no route",
  });
  changeState(root, { checked: { at: "2026-05-01T13:00:00.000Z", wanted: "latest", available: "2.1.300" } });
  expect(await lastCheck(root).read()).toBeNull();
  writeFileSync(join(root, "state.json"), "{ cut off");
  expect(await lastCheck(root).read()).toBeNull();
});

test("a release that was left for an older one is named while it is the newest", async () => {
  const root = versionsRoot();
  const held = [{ version: "2.1.329", reason: "rolled back by dev", since: "2026-05-01T12:00:00.000Z" }];
  changeState(root, {
    held,
    checked: { at: "2026-05-02T12:00:00.000Z", wanted: "latest", available: "2.1.329" },
  });
  expect(await heldBack(root).read()).toMatchObject({
    expected: "2.1.329",
    actual: "2.1.300: 2.1.329 is held back, rolled back by dev",
  });
  changeState(root, { checked: { at: "2026-05-03T12:00:00.000Z", wanted: "latest", available: "2.1.330" } });
  expect(await heldBack(root).read()).toBeNull();
});

test("installations by npm, by the native installer, and what else claude means, are named with how to remove them", async () => {
  const [home, root] = [scratch(), versionsRoot()];
  const bin = join(home, "bin");
  mkdirSync(bin);
  const check = () => foreignClaude(home, [root], { PATH: `${bin}:/usr/bin` });
  symlinkSync(join(root, "current/claude"), join(bin, "claude"));
  expect(await check().read()).toBeNull();
  const npm = join(home, ".nvm/versions/node/v22.1.0/lib/node_modules/@anthropic-ai/claude-code");
  mkdirSync(npm, { recursive: true });
  writeFileSync(join(npm, "package.json"), '{"version":"2.0.77"}');
  mkdirSync(join(home, ".local/share/claude/versions/2.1.99"), { recursive: true });
  const native = join(home, ".local/share/claude/versions/2.1.320");
  script(native, "exit 0");
  const found = await check().read();
  expect(found).toEqual({
    expected: "the managed one alone: 2.1.300, which sessions run",
    actual: `2.0.77 by npm in ${npm}; 2.1.320 by native installer in ${native}`,
    fix: [["npm", "uninstall", "-g", "@anthropic-ai/claude-code"]],
  });
  rmSync(npm, { recursive: true });
  rmSync(join(bin, "claude"));
  symlinkSync(native, join(bin, "claude"));
  expect(await check().read()).toMatchObject({
    actual: `2.1.320 by native installer in ${native}, which typing claude runs`,
    fix: [["rm", "-r", `${home}/.local/share/claude`, `${bin}/claude`]],
  });
  const other = join(home, "other");
  mkdirSync(other);
  script(join(other, "claude"), "exit 0");
  const shadowed = foreignClaude(scratch(), [root], { PATH: `${other}:${bin}` });
  expect(await shadowed.read()).toMatchObject({
    actual: `typing claude runs ${other}/claude`,
    fix: [["ls", "-l", `${other}/claude`]],
  });
});

test("versions of a user's own that come before the host's are named", async () => {
  const host = versionsRoot("2.1.329");
  expect(await ownBeforeHost(join(scratch(), "none"), host).read()).toBeNull();
  const own = versionsRoot("2.1.280");
  expect(await ownBeforeHost(own, host).read()).toEqual({
    expected: `2.1.329 from ${host}`,
    actual: `2.1.280 from ${own}`,
  });
});
