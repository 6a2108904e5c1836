import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { expect, onTestFinished, test } from "vitest";
import { lab } from "./lab.ts";

const FULL = process.env.CLAUDE_OPS_TEST_FULL === "1";

interface Demo {
  child: ChildProcess;
  /** All that it has printed so far. */
  output: () => string;
  ended: Promise<number | NodeJS.Signals>;
  /** What is left of it on this machine: its files, processes with its home, hosts. */
  left: () => Promise<string[]>;
}

/** Starts the demo, as the leader of a group of processes, with a temporary directory of its own. */
function start(...argv: string[]): Demo {
  const temporary = mkdtempSync(join(tmpdir(), "demo-test-"));
  const env = { ...process.env, TMPDIR: temporary, LANG: "C.UTF-8", NO_COLOR: "1" };
  const child = spawn("scripts/demo", argv, { env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  onTestFinished(() => {
    if (child.exitCode === null && child.signalCode === null) process.kill(-child.pid!, "SIGKILL");
    rmSync(temporary, { recursive: true, force: true });
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (data) => output += data);
  const ended = once(child, "exit").then(([status, signal]) => status ?? signal);
  const left = async () => [
    ...readdirSync(temporary),
    ...processesOf(temporary),
    ...(await lab(["list"])).split("\n").filter((line) => line.endsWith(`\t${child.pid}`)),
  ];
  return { child, output: () => output, ended, left };
}

/** Processes that have this directory in their environment or words. */
function processesOf(directory: string): string[] {
  return readdirSync("/proc").filter((pid) =>
    /^\d+$/.test(pid) &&
    ["environ", "cmdline"].some((name) => read(`/proc/${pid}/${name}`).includes(directory))
  );
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

test.each([
  ["on a host", [], /Set up over SSH/],
  ["in a scratch home", ["--sandbox"], /An empty home/],
])("the demo %s verifies all that it shows, and leaves nothing", async (_, argv, chapter) => {
  const { output, ended, left } = start(...argv);
  expect(await ended, output()).toBe(0);
  expect(output()).toMatch(chapter);
  expect(output()).toMatch(/\n\d+ claims, all verified, in \d+ s\.\n/);
  expect(output()).not.toMatch(/✗|not finished/);
  expect(output()).not.toContain("\x1b");
  expect(output().split("\n").filter((line) => line.length > 80)).toEqual([]);
  await expect.poll(left, { timeout: 5000 }).toEqual([]);
});

const ends = [
  ["on a host is interrupted while it installs", [], "sudoers rule", "SIGINT", 130],
  ["in a scratch home is killed between its sessions", ["--sandbox"], "Two sessions", "SIGKILL", "SIGKILL"],
  ["on a host is killed between its sessions", [], "Two sessions", "SIGKILL", "SIGKILL"],
  ["in a scratch home is interrupted while it installs", ["--sandbox"], "shared skills", "SIGINT", 130],
] as const;
test.each(FULL ? ends : ends.slice(0, 2))(
  "a demo that %s leaves nothing",
  async (_, argv, moment, signal, status) => {
    const { child, output, ended, left } = start(...argv);
    await expect.poll(output, { timeout: 60_000, interval: 10 }).toContain(moment);
    expect(await left()).not.toEqual([]);
    // Ctrl-C reaches all that run in the foreground; a kill only the one.
    process.kill(signal === "SIGINT" ? -child.pid! : child.pid!, signal);
    expect(await ended).toBe(status);
    await expect.poll(left, { timeout: 10_000 }).toEqual([]);
  },
);

test("a demo is not started with words that it does not know", async () => {
  const { output, ended } = start("--everything");
  expect(await ended).toBe(2);
  expect(output()).toBe("demo: unknown argument --everything; see scripts/demo --help\n");
});
