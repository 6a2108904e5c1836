import { type ChildProcess, spawn } from "node:child_process";
import { connect } from "node:net";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, onTestFinished, test } from "vitest";
import { type Host, Lab, lab } from "./lab.ts";

const GROUPS = ["/sys/fs/cgroup/memory", "/sys/fs/cgroup"].find((path) => existsSync(path)) ?? "";

const DIRECTORY = dirname(Lab.key);

const hosts: Host[] = [];
afterEach(async () => {
  for (const host of hosts.splice(0)) await host.down();
});

async function fresh(options?: Parameters<typeof Lab.host>[0]): Promise<Host> {
  const host = await Lab.host(options);
  hosts.push(host);
  return host;
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

async function owner(): Promise<ChildProcess & { pid: number }> {
  const child = spawn("sleep", ["600"]);
  onTestFinished(() => void child.kill("SIGKILL"));
  await once(child, "spawn");
  return child as ChildProcess & { pid: number };
}

/** What a server says first, "" if nothing in half a second, undefined if it does not accept the connection. */
function greeting(address: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    let said: string | undefined;
    const socket = connect(port, address);
    const end = () => (resolve(said), socket.destroy());
    socket.once("connect", () => said = "").once("data", (data) => (said = `${data}`, end()));
    socket.setTimeout(500, end).once("error", end);
  });
}

describe("a host", { timeout: 60_000 }, () => {
  test("is a whole Debian 12 with systemd, sshd, sudo and cron, and belongs to this process", async () => {
    const host = await fresh();
    expect(await host.ssh(["cat", "/etc/os-release"])).toContain('VERSION_ID="12"');
    expect(await host.ssh(["cat", "/proc/1/comm"])).toBe("systemd\n");
    await expect.poll(() => host.exec(["systemctl", "list-jobs"]), { timeout: 10_000 }).toContain(
      "No jobs running",
    );
    expect(await host.ssh(["systemctl", "is-system-running"])).toBe("running\n");
    expect(await host.ssh(["systemctl", "is-active", "ssh", "cron"])).toBe("active\nactive\n");
    expect(await host.ssh(["sudo", "-n", "id", "-u"])).toBe("0\n");
    expect(await lab(["list"])).toContain(`${host.number}\t${host.address}\tup\t${process.pid}\n`);
  });

  test("gets arguments, input, status and files as they are given", async () => {
    const host = await fresh();
    const odd = ["", " a  b ", `'"$HOME"'`, "*", "line\nbreak", "\\", "ü"];
    for (const run of [host.ssh, host.exec]) {
      expect(await run.call(host, ["printf", "[%s]", ...odd])).toBe(odd.map((word) => `[${word}]`).join(""));
      expect(await run.call(host, ["cat"], { input: "in\n" })).toBe("in\n");
      await expect(run.call(host, ["sh", "-c", "echo no >&2; exit 7"])).rejects
        .toMatchObject({ status: 7, stdout: "", stderr: "no\n" });
    }
    const directory = await mkdtemp(join(tmpdir(), "lab-"));
    onTestFinished(() => rm(directory, { recursive: true }));
    await writeFile(join(directory, "file"), "bytes\0\n", { mode: 0o640 });
    await host.put(join(directory, "file"), "/root/with space");
    expect(await host.ssh(["cat", "/root/with space"])).toBe("bytes\0\n");
    expect(await host.ssh(["stat", "-c", "%a %U", "/root/with space"])).toBe("640 root\n");
  });

  test("is reached by plain ssh through its alias, with its key checked", async () => {
    const host = await fresh();
    const ssh = spawn("ssh", [
      "-F",
      Lab.sshConfig,
      "-o",
      "StrictHostKeyChecking=yes",
      `host${host.number}`,
      "hostname",
    ]);
    let out = "";
    ssh.stdout.on("data", (data) => out += data);
    expect(await new Promise((resolve) => ssh.once("close", resolve))).toBe(0);
    expect(out).toBe(`host${host.number}\n`);
  });

  test("reaches this machine and the other hosts, and has no way out even with a route", async () => {
    const [one, two] = [await fresh(), await fresh()];
    const reach = (address: string) => ["timeout", "2", "bash", "-c", `exec 3<>/dev/tcp/${address}`];
    await one.exec(reach(`${two.address}/22`));
    await one.exec(["ip", "route", "add", "default", "via", await Lab.bridge()]);
    await expect(one.exec(reach("192.0.2.77/22"))).rejects.toMatchObject({ status: 124 });
  });

  test("cannot be reached while its link is cut, and can again when it is healed", async () => {
    const host = await fresh();
    await host.cut();
    expect(await greeting(host.address, 22)).toBeUndefined();
    expect(await host.exec(["hostname"])).toBe(`host${host.number}\n`);
    await host.heal();
    expect(await host.ssh(["hostname"])).toBe(`host${host.number}\n`);
  });

  test("accepts connections and says nothing while frozen, and goes on when thawed", async () => {
    const host = await fresh();
    await host.ssh([
      "systemd-run",
      "-q",
      "--unit=beat",
      "sh",
      "-c",
      "while sleep .05; do echo >>/root/beats; done",
    ]);
    await host.freeze();
    expect(await greeting(host.address, 22)).toBe("");
    await host.thaw();
    expect(await greeting(host.address, 22)).toMatch(/^SSH-2.0-/);
    expect(await host.ssh(["systemctl", "is-active", "beat"])).toBe("active\n");
  });

  test("loses its processes but not its files when it is killed, and boots anew", async () => {
    const host = await fresh();
    const bootId = () => host.exec(["cat", "/proc/sys/kernel/random/boot_id"]);
    const before = await bootId();
    await host.ssh(["sh", "-c", "echo kept >/root/file; echo lost >/run/file"]);
    await host.kill();
    expect(await greeting(host.address, 22)).toBeUndefined();
    await expect(host.exec(["true"])).rejects.toMatchObject({
      status: 1,
      stderr: expect.stringContaining("is off"),
    });
    await host.boot();
    expect(await host.ssh(["cat", "/root/file"])).toBe("kept\n");
    await expect(host.ssh(["cat", "/run/file"])).rejects.toThrow("No such file");
    const killed = await bootId();
    expect(killed).not.toBe(before);
    await host.reboot();
    expect(await host.ssh(["cat", "/root/file"])).toBe("kept\n");
    expect(await bootId()).not.toBe(killed);
  });

  test("can be killed while it is frozen", async () => {
    const host = await fresh();
    await host.freeze();
    await host.kill();
    await host.boot();
    expect(await host.ssh(["hostname"])).toBe(`host${host.number}\n`);
  });

  test("has a memory limit that it sees, that ends what takes more, and that can be raised", async () => {
    const host = await fresh({ memory: "128M" });
    const limit = [
      "sh",
      "-c",
      "cat /sys/fs/cgroup/memory/memory.limit_in_bytes || cat /sys/fs/cgroup/memory.max",
    ];
    const take = ["sh", "-c", "head -c 200M /dev/zero | tail -c 200M | wc -c; test $? = 0"];
    expect(await host.exec(limit)).toBe(`${128 * 2 ** 20}\n`);
    expect(await host.exec(take)).toBe("0\n");
    expect(await host.ssh(["hostname"])).toBe(`host${host.number}\n`);
    await host.memory("1G");
    expect(await host.exec(limit)).toBe(`${2 ** 30}\n`);
    expect(await host.exec(take)).toBe(`${200 * 2 ** 20}\n`);
  });

  test("has a disk that can be full for root too, and recovers", async () => {
    const host = await fresh({ disk: "300M" });
    expect(await host.ssh(["df", "--output=size", "-BM", "/"])).toMatch(/ (29\d|2[5-8]\d)M/);
    await host.fill();
    const write = ["dd", "if=/dev/zero", "of=/root/file", "bs=64K", "count=1"];
    await expect(host.ssh(write)).rejects.toThrow("No space left on device");
    await sleep(500);
    await expect(host.exec(write)).rejects.toThrow("No space left on device");
    await host.unfill();
    await host.ssh(write);
    expect(await host.ssh(["stat", "-c", "%s", "/root/file"])).toBe("65536\n");
  });

  test("counts the bytes it receives", async () => {
    const host = await fresh();
    const before = await host.bytes();
    await host.ssh(["sh", "-c", "cat >/dev/null"], { input: new Uint8Array(2 ** 20) });
    const after = await host.bytes();
    expect(after.received - before.received).toBeGreaterThan(2 ** 20);
    expect(after.received - before.received).toBeLessThan(1.2 * 2 ** 20);
    expect(after.sent - before.sent).toBeLessThan(2 ** 18);
  });
});

describe("hosts", { timeout: 60_000 }, () => {
  test("three started at once get different numbers, and are up in a few seconds", async () => {
    await lab(["base"], { timeout: 300_000 });
    const start = Date.now();
    const three = await Promise.all([fresh(), fresh(), fresh()]);
    expect(Date.now() - start).toBeLessThan(6000);
    const names = await Promise.all(three.map((host) => host.ssh(["hostname"])));
    expect(new Set(names).size).toBe(3);
    expect(names).toEqual(three.map((host) => `host${host.number}\n`));
  });

  test("leave nothing on this machine when they go down, whatever state they are in", async () => {
    const [up, frozen, off] = await Promise.all([fresh(), fresh(), fresh()]);
    await frozen.freeze();
    await off.kill();
    for (const host of [up, frozen, off]) {
      expect(traces(host.number).length).toBeGreaterThan(3);
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
