import { afterAll, beforeAll, expect, test } from "vitest";
import { examplesOf } from "../pages/examples.ts";
import { follow } from "../pages/follow.ts";
import { LabWorld } from "../pages/lab_world.ts";
import { pagesTyped } from "../pages/page.ts";

const FULL = process.env.CLAUDE_OPS_TEST_FULL === "1";
let world: LabWorld;
beforeAll(async () => {
  world = await LabWorld.start();
}, 300_000);
afterAll(() => world?.stop());

// The quick start finds the hosts as they come; the others what it has left.
const first = "docs/quick-start.md";
const others = pagesTyped("on the operator's machine", "on a host").filter((page) => page !== first);

// These take longer: hosts are set up for other users, filled and waited for.
const long = ["docs/fleet.md", "docs/login-shell.md", "docs/troubleshooting.md"];
const chosen = [first, ...others].filter((page) => FULL || !long.includes(page));

test.each(chosen)("%s shows what its commands do", async (page) => {
  await follow(page, world);
}, 300_000);

test.runIf(FULL)("the examples of help do what they say over SSH", async () => {
  const place = "on the operator's machine";
  const examples = (last: boolean) =>
    examplesOf(place, (example, name) => /root@/.test(example) && (name === "uninstall") === last);
  expect(examples(false).length).toBeGreaterThan(10);
  await follow([...examples(false), ...examples(true)], world);
}, 300_000);
