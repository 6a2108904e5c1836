import { spawnSync } from "node:child_process";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { existsSync, readFileSync, rmSync, statSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { startDetached } from "../../src/runtime/detach.ts";
import { checkInBackground, postponeCheck } from "../../src/sessions/background.ts";
import { scratch, script } from "../unit/scratch.ts";
import { SessionHost, until } from "../unit/session_host.ts";

const hour = 3_600_000;

test("of many starts one checks per interval, and a clock that was wrong does not stop it for long", () => {
  const stamp = join(scratch(), "stamp");
  const now = Date.now();
  let started = 0;
  const check = (time: number) => checkInBackground(stamp, () => started++, time);
  for (const time of [now, now, now + hour / 2, now + hour + 1, now + hour + 2]) check(time);
  expect(started).toBe(2);
  postponeCheck(stamp, 24 * hour, now);
  check(now + 23 * hour);
  expect(started).toBe(2);
  utimesSync(stamp, now / 1000 + 1e9, now / 1000 + 1e9);
  check(now);
  expect(started).toBe(3);
});

test("the time is taken before anything is started, so that a start in between does not check again", () => {
  const stamp = join(scratch(), "stamp");
  let nested = 0;
  checkInBackground(stamp, () => checkInBackground(stamp, () => nested++));
  expect(nested).toBe(0);
  expect(statSync(stamp).size).toBe(0);
});

test("a check that cannot be started, or nowhere to note it, harms nothing", () => {
  checkInBackground(join(scratch(), "stamp"), () => {
    throw new Error("no processes left");
  });
  checkInBackground(join(scratch(), "missing/stamp"), () => expect.unreachable());
});

test("what is started in the background has no terminal, no open files and no parent that must wait for it", async () => {
  const directory = scratch();
  const out = join(directory, "out");
  const program = script(
    join(directory, "check"),
    `in=$(readlink /proc/$$/fd/0) out=$(readlink /proc/$$/fd/1) err=$(readlink /proc/$$/fd/2)
read -r _ _ _ parent _ session _ </proc/$$/stat
printf '%s\\n' "$in" "$out" "$err" "$parent $session" "$$ $*" >${out}.new
mv ${out}.new ${out}; sleep 0.3`,
  );
  expect(startDetached([program, "a b", "$(c)"])).toBe(true);
  await until(() => existsSync(out), "the check");
  const [stdin, stdout, stderr, ids, words] = readFileSync(out, "utf8").split("\n");
  const [pid] = words!.split(" ");
  expect([stdin, stdout, stderr]).toEqual(Array(3).fill("/dev/null"));
  expect(words).toBe(`${pid} a b $(c)`);
  const [parent, session] = ids!.split(" ").map(Number);
  expect(parent).not.toBe(process.pid);
  expect(session).toBe(Number(pid));
  const zombies =
    spawnSync("ps", ["-o", "stat=", "--ppid", String(process.pid)], { encoding: "utf8" }).stdout;
  expect(zombies.split("\n").filter((state) => state.startsWith("Z"))).toEqual([]);
});

test("a start that is due asks the registry once, in the background, and the next one does not", async () => {
  const asked: string[] = [];
  const registry = createServer((request, response) => {
    asked.push(request.url!);
    response.writeHead(404).end("{}");
  });
  await new Promise<void>((resolve) => registry.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void registry.close());
  const host = new SessionHost("echo started");
  host.env.npm_config_registry = `http://127.0.0.1:${(registry.address() as AddressInfo).port}/`;
  host.env.npm_config_fetch_retries = "0";
  rmSync(host.layout.nextCheck);
  expect(await host.run("session", "start")).toMatchObject({ status: 0, stdout: "started\n", stderr: "" });
  await until(() => asked.length > 0, "a question to the registry");
  const first = asked[0];
  expect(first).toContain("claude-code");
  await host.run("session", "start");
  await new Promise((resolve) => setTimeout(resolve, 1000));
  expect(asked.filter((url) => url === first)).toHaveLength(1);
});
