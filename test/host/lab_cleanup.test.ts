import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, realpathSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, onTestFinished, test } from "vitest";
import { freshHost } from "./fresh_host.ts";
import { Lab, lab } from "./lab.ts";

const DIRECTORY = dirname(Lab.key);
const GROUPS = ["/sys/fs/cgroup/memory", "/sys/fs/cgroup"].find((path) => existsSync(path)) ?? "";

describe("hosts", { timeout: 60_000 }, () => {
  test("three started at once get different numbers, and are up in a few seconds", async () => {
    await lab(["base"], { timeout: 300_000 });
    const start = Date.now();
    const three = await Promise.all([freshHost(), freshHost(), freshHost()]);
    expect(Date.now() - start).toBeLessThan(6000);
    const names = await Promise.all(three.map((host) => host.ssh(["hostname"])));
    expect(new Set(names).size).toBe(3);
    expect(names).toEqual(three.map((host) => `host${host.number}\n`));
  });

  test("leave nothing on this machine when they go down, whatever state they are in", async () => {
    const [up, frozen, off] = await Promise.all([freshHost(), freshHost(), freshHost()]);
    await frozen.freeze();
    await off.kill();
    for (const host of [up, frozen, off]) {
      expect(traces(host.number).length).toBeGreaterThan(1);
      await host.down();
      await expect.poll(() => traces(host.number), { timeout: 2000 }).toEqual([]);
    }
  });

  test("go soon after their owner is killed with -9, with nothing left", async () => {
    const child = await owner();
    const number = Number(await lab(["new", "--owner", `${child.pid}`]));
    expect(traces(number).length).toBeGreaterThan(3);
    child.kill("SIGKILL");
    await expect.poll(() => traces(number), { timeout: 5000 }).toEqual([]);
  });

  test("go at the next call of the lab when their watcher was killed too", async () => {
    const child = await owner();
    const number = Number(await lab(["new", "--owner", `${child.pid}`]));
    const [watcher = NaN] = watchers(number);
    process.kill(watcher, "SIGKILL");
    child.kill("SIGKILL");
    await once(child, "exit");
    await lab(["list"]);
    expect(traces(number)).toEqual([]);
  });

  test.each([20, 70, 120, 170, 220])(
    "leave nothing when all is killed %i ms after a start",
    async (delay) => {
      const child = await owner();
      const start = spawn("scripts/lab", ["new", "--owner", `${child.pid}`]);
      await sleep(delay);
      start.kill("SIGKILL");
      child.kill("SIGKILL");
      await once(child, "exit");
      await expect.poll(() => lab(["list"])).not.toContain(`\t${child.pid}\n`);
      await expect.poll(strays, { timeout: 5000 }).toEqual([]);
    },
  );

  test("come up on a network that somebody was killed over before it had a name", async () => {
    const { number } = await freshHost();
    const link = `/sys/class/net/${(await lab(["link", `${number}`])).trim()}`;
    const bridge = basename(realpathSync(`${link}/master`));
    execFileSync("ip", ["link", "set", bridge, "alias", ""]);
    await freshHost();
    expect(readFileSync(`/sys/class/net/${bridge}/ifalias`, "utf8").trim()).toBe(DIRECTORY);
  });

  test("are not made for a process that does not exist", async () => {
    await expect(lab(["new", "--owner", "4194305"])).rejects.toMatchObject({ status: 1, stdout: "" });
  });
});

describe("the lab", () => {
  test.each([
    [["cut", "0"], 2, "not the number of a host"],
    [["cut", "../x"], 2, "not the number of a host"],
    [["cut", "199"], 1, "there is no host 199"],
    [["new", "--memory", "lots"], 2, "not a size"],
    [["new", "--disk", "1K"], 1, "cannot be made"],
    [["dance"], 2, "unknown command"],
  ])("says in one line what is wrong with %j", async (argv, status, message) => {
    const error = await lab(argv).then(() => undefined, (error) => error);
    expect(error).toMatchObject({ status, stdout: "" });
    expect(error.stderr).toMatch(/^lab: .*; .+\n$/);
    expect(error.stderr).toContain(message);
  });

  test.each([
    ["root", ["setpriv", "--reuid=65534", "--inh-caps=+dac_override", "--ambient-caps=+dac_override"]],
    ["control groups", ["unshare", "-m", "sh", "-c", 'mount -o bind,ro "$0" "$0" && exec "$@"', GROUPS]],
  ])("says in one line that it cannot work without %s", async (lacking, [program = "", ...argv]) => {
    const child = spawn(program, [...argv, "scripts/lab", "list"]);
    let stderr = "";
    child.stderr.on("data", (data) => stderr += data);
    expect(await once(child, "close")).toEqual([1, null]);
    expect(stderr).toMatch(/^lab: .*; .+\n$/);
    expect(stderr).toContain(`need ${lacking}`);
  });
});

async function owner(): Promise<ChildProcess & { pid: number }> {
  const child = spawn("sleep", ["600"]);
  onTestFinished(() => void child.kill("SIGKILL"));
  await once(child, "spawn");
  return child as ChildProcess & { pid: number };
}

/** Everything a host has on this machine: directory, link, mounts, disk, control groups, processes. */
function traces(number: number): string[] {
  const directory = join(DIRECTORY, `host${number}`);
  const groups = ["", ...readdirSync("/sys/fs/cgroup")].flatMap((group) =>
    ["monitor", "payload"].map((kind) => `/sys/fs/cgroup/${group}/lxc.${kind}.host${number}`)
  );
  const disks = readdirSync("/sys/block").map((disk) => `/sys/block/${disk}/loop/backing_file`);
  return [
    ...[directory, `/sys/class/net/labhost${number}`, ...groups].filter((path) => existsSync(path)),
    ...["/proc/mounts", ...disks].flatMap(read).filter((line) => line.includes(`${directory}/`)),
    ...processes((command) => command.endsWith(`lxc monitor] ${DIRECTORY} host${number}`)).map(
      String,
    ),
    ...watchers(number).map(String),
  ];
}

/** What is left of hosts that do not exist, of the first numbers, which are the next to be taken. */
function strays(): string[] {
  const numbers = Array.from({ length: 16 }, (_, index) => index + 1);
  return numbers.filter((number) => !existsSync(join(DIRECTORY, `host${number}`))).flatMap(traces);
}

const watchers = (number: number) =>
  processes((command) => command.endsWith(` watch ${DIRECTORY}/host${number}/owner`));

function processes(wanted: (command: string) => boolean): number[] {
  return readdirSync("/proc").map(Number).filter((pid) =>
    pid && wanted(read(`/proc/${pid}/cmdline`).join("").replaceAll("\0", " ").trim())
  );
}

/** The lines of a file; none where there is no such file (any more). */
function read(path: string): string[] {
  try {
    return readFileSync(path, "utf8").split("\n");
  } catch {
    return [];
  }
}
