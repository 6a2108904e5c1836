import { spawnSync } from "node:child_process";
import { expect, onTestFinished, test } from "vitest";
import { examplesOf } from "../pages/examples.ts";
import { follow } from "../pages/follow.ts";
import { pagesTyped } from "../pages/page.ts";
import { Stage } from "../pages/stage.ts";
import { SmallRegistry } from "../small_registry.ts";

const HERE = "in a home";

function stage(uid?: number): Stage {
  const stage = new Stage(uid);
  const git = ["init", "-q", "-b", "main", stage.host.work];
  expect(spawnSync("git", git, { env: stage.host.env }).status).toBe(0);
  return stage;
}

test.each(pagesTyped(HERE))("%s shows what its commands do", async (page) => {
  await follow(page, stage());
}, 300_000);

const groups = [
  "session",
  "memory",
  "claim",
  "unclaim",
  "claims",
  "lock",
  "state",
  "queue",
  "progress",
  "handoff",
]
  .concat("guard", "event", "events", "health", "config", "plugin", "mcp", "completions", "version");

test("the examples of help do what they say", async () => {
  const home = stage();
  await home.shell("").run("git commit -q --allow-empty -m one");
  const blocks = examplesOf(
    HERE,
    (example, name) => !example.includes("root@") && groups.includes(name.split(" ")[0]!),
  );
  expect(blocks.length).toBeGreaterThan(80);
  await follow(blocks, home);
}, 300_000);

test("the examples of install and upkeep do what they say to somebody's own installation", async () => {
  // A user of the test's own: no Claude Code that runs on this machine is theirs.
  const uid = process.getuid!() === 0 ? 60_000 + process.pid % 5000 : undefined;
  const registry = await SmallRegistry.ofStandIns(["2.1.300", "2.1.330"], "2.1.330");
  onTestFinished(() => registry.stop());
  const home = stage(uid);
  home.host.env.npm_config_registry = registry.url;
  home.host.env.PATH += `:${home.host.home}/.local/bin`;
  delete home.host.env.CLAUDE_OPS_CLAUDE;
  // A stress test takes minutes, and has its own test.
  const blocks = examplesOf(
    HERE,
    (example, name) => !/root@|--stress/.test(example) && !groups.includes(name.split(" ")[0]!),
  );
  expect(blocks.length).toBeGreaterThan(12);
  await follow(blocks, home);
}, 300_000);
