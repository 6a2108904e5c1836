import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Host, Lab } from "./lab.ts";
import { ask } from "./managed_host.ts";
import { Operator } from "./ops.ts";

// Of several managed users one cannot be asked: the others are shown, that one is named, and the whole has failed.

const LAB = fileURLToPath(new URL("../../scripts/lab", import.meta.url));
let operator: Operator;
let host: Host;

beforeAll(async () => {
  [operator, host] = [new Operator(), await Lab.host()];
  for (const user of ["dev", "eve"]) {
    const words = ["install", `host${host.number}`, "--user", user, "--claude-version", "none"];
    expect(await operator.summary(words)).toMatchObject({ ok: true });
  }
});
afterAll(async () => {
  operator.remove();
  await host.down();
});

const sh = (script: string, as = "root") => host.exec(["runuser", "-u", as, "--", "sh", "-ec", script]);

const SAID: Record<string, object> = {
  status: { users: [{ name: "dev" }] },
  schedule: { jobs: [{ user: "dev" }, { user: "dev" }] },
  "session list": { sessions: [{ name: "pay", user: "dev" }] },
};

async function expectEveMissing(message: RegExp, commands = Object.keys(SAID)): Promise<void> {
  const problem = expect.objectContaining({ message: expect.stringMatching(message) });
  for (const command of commands) {
    const words = command.split(" ");
    expect([command, await ask(host, words)]).toMatchObject([command, {
      exit: 1,
      said: { ...SAID[command], unasked: [{ user: "eve", problem }] },
    }]);
    const ran = await operator.run([...words, `host${host.number}`]);
    expect([command, ran.code]).toEqual([command, 1]);
    expect(ran.stdout).toMatch(/dev[^]*\neve.*: .+/);
  }
}

test("a user whose processes are killed", async () => {
  await sh("cd; CLAUDE_OPS_CLAUDE=/bin/true .claude/bin/claude-session pay", "dev");
  // As eve, since kill(2) with -1 spares only who calls it.
  const kill = "echo; while test -e /run/kill; do kill -KILL -1; done";
  await sh("touch /run/kill");
  const argv = ["exec", `${host.number}`, "setpriv", "--reuid=eve", "--clear-groups", "sh", "-c", kill];
  const killer = spawn(LAB, argv, { stdio: ["ignore", "pipe", "ignore"] });
  const killed = new Promise((resolve) => killer.once("close", resolve));
  await new Promise((resolve) => killer.stdout.once("data", resolve));
  try {
    await expectEveMissing(/claude-ops run as eve was ended by SIGKILL/);
  } finally {
    await sh("rm /run/kill");
    await killed;
  }
}, 60_000);

test("a user whose home cannot be read", async () => {
  await sh("chmod 0 /home/eve/.claude");
  await expectEveMissing(/EACCES/, ["status", "session list"]);
  await sh("chmod 700 /home/eve/.claude");
  expect(await ask(host, ["session", "list"])).toMatchObject({ exit: 0 });
});
