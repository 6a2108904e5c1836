import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { identityOf, isAlive, judge, livenessOf, parseStat } from "../../src/runtime/process.ts";
import { until } from "./session_host.ts";

const me = identityOf(process.pid)!;
const { pid: _pid, startTime: _startTime, ...here } = me;
const running = (time: number | undefined) => () => time;

test("this process is live, and its identity is the kernel's", () => {
  expect(me.bootId).toBe(readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim());
  expect(me.pidNamespace).toBeGreaterThan(1);
  expect(livenessOf(me)).toBe("live");
});

test("a process that was killed is dead at once, also while its parent has not waited for it", async () => {
  const child = spawn("sh", ["-c", "sleep 100 & echo $!; exec sleep 100"], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  const grandchild = await new Promise<number>((resolve) =>
    child.stdout!.once("data", (text) => resolve(Number(text)))
  );
  const [parent, orphan] = [identityOf(child.pid!)!, identityOf(grandchild)!];
  expect([parent, orphan].map(isAlive)).toEqual([true, true]);
  process.kill(grandchild, "SIGKILL");
  // Its parent is a sleep that waits for nobody, so it stays a zombie.
  await until(() => readFileSync(`/proc/${grandchild}/stat`, "utf8").includes(") Z "), "a zombie");
  expect(isAlive(orphan)).toBe(false);
  expect(isAlive(parent)).toBe(true);
  child.kill("SIGKILL");
  await new Promise((resolve) => child.once("exit", resolve));
  expect(isAlive(parent)).toBe(false);
});

test("a name with spaces and parentheses does not shift the start time", () => {
  const fields = Array.from({ length: 50 }, (_, i) => String(i + 4)).join(" ");
  expect(parseStat(`42 (a) R (b c) S ${fields}`)).toEqual({ state: "S", parent: 4, startTime: 22 });
});

test("a pid that was given to another process is dead", () => {
  expect(judge(me, here, running(me.startTime + 1))).toBe("dead");
  expect(livenessOf({ ...me, startTime: me.startTime + 1 })).toBe("dead");
});

test("after a reboot the same pid with the same start time is dead", () => {
  expect(judge(me, { ...here, bootId: "other" }, running(me.startTime))).toBe("dead");
});

test("another machine or container that shares the home is elsewhere, not dead", () => {
  const other = { ...here, host: "other" };
  expect(judge(me, { ...other, bootId: "other" }, running(undefined))).toBe("elsewhere");
  expect(judge(me, { ...other, pidNamespace: 1, utsNamespace: 1 }, running(me.startTime))).toBe("elsewhere");
});

test("a container that was restarted finds its processes dead; a sandbox inside of it cannot tell", () => {
  expect(judge(me, { ...here, pidNamespace: 1, utsNamespace: 1 }, running(me.startTime))).toBe("dead");
  expect(judge(me, { ...here, pidNamespace: 1 }, running(undefined))).toBe("elsewhere");
});

test("a host that is renamed while a session runs still sees it", () => {
  expect(judge(me, { ...here, host: "renamed" }, running(me.startTime))).toBe("live");
});
