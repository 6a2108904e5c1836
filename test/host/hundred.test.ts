import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { postponeCheck } from "../../src/sessions/background.ts";
import { listSessions } from "../../src/sessions/list.ts";
import { layoutOf } from "../../src/sessions/paths.ts";
import { readRecord, type SessionRecord } from "../../src/sessions/record.ts";
import { scratch, script } from "../unit/scratch.ts";
import { BINARY } from "./ops.ts";

/** A home whose sessions run a stand-in, started by the real binary. */
function home() {
  const layout = layoutOf({ HOME: scratch() });
  mkdirSync(layout.ops, { recursive: true });
  postponeCheck(layout.nextCheck, 3_600_000);
  // A stand-in needs no room, and a hundred of Claude Code would not have it here.
  mkdirSync(join(layout.home, ".config/claude-ops"), { recursive: true });
  writeFileSync(join(layout.home, ".config/claude-ops/config.toml"), '[sessions]\nmemory = "0B"\n');
  const claude = script(join(layout.home, "standin"), "echo ready; exec sleep 300");
  const start = (...words: string[]) => {
    const child = spawn(BINARY, ["session", "start", ...words], {
      env: { HOME: layout.home, PATH: "/usr/bin:/bin", CLAUDE_OPS_CLAUDE: claude },
      cwd: layout.home,
      stdio: ["ignore", "pipe", "pipe"],
    });
    onTestFinished(() => void child.kill("SIGKILL"));
    return child;
  };
  return { layout, start };
}

const ready = (child: ChildProcess) => new Promise((resolve) => child.stdout!.once("data", resolve));

test("a hundred sessions started at once: a hundred directories, all live, none shared; killed, none is live at once", async () => {
  const { layout, start } = home();
  const children = Array.from({ length: 100 }, () => start());
  await Promise.all(children.map(ready));
  const ids = readdirSync(layout.sessions);
  const records = ids.map((id) => readRecord(join(layout.sessions, id)) as SessionRecord);
  expect(ids).toHaveLength(100);
  expect(new Set(records.map(({ name }) => name)).size).toBe(100);
  expect(records.map(({ identity }) => identity.pid).toSorted()).toEqual(
    children.map(({ pid }) => pid!).toSorted(),
  );
  const live = () => listSessions(layout, true).sessions.filter(({ live }) => live);
  expect(live()).toHaveLength(100);
  for (const { pid } of children) process.kill(pid!, "SIGKILL");
  // Nobody has waited for them yet; the kernel may take a moment to end them.
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(live()).toEqual([]);
  expect(readdirSync(layout.live)).toEqual([]);
  expect(readdirSync(layout.sessions)).toHaveLength(100);
});

test("of 32 processes that start with one name at once, exactly one gets it, over and over", async () => {
  for (let round = 0; round < (process.env.CLAUDE_OPS_TEST_FULL === "1" ? 30 : 3); round++) {
    const { layout, start } = home();
    const children = Array.from({ length: 32 }, () => start("login"));
    const outcomes = await Promise.all(children.map((child) =>
      Promise.race([
        ready(child).then(() => "runs"),
        new Promise<string>((resolve) => {
          let said = "";
          child.stderr!.on("data", (data) => said += data);
          child.on("close", () => resolve(said));
        }),
      ])
    ));
    expect(outcomes.filter((outcome) => outcome === "runs")).toHaveLength(1);
    const winner = children[outcomes.indexOf("runs")]!;
    for (const said of outcomes) {
      if (said !== "runs") expect(said).toContain(`login is live already: pid ${winner.pid},`);
    }
    expect(readdirSync(layout.sessions)).toHaveLength(1);
    winner.kill("SIGKILL");
  }
});
