import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { freshHost } from "./fresh_host.ts";
import { type Host, Lab, lab } from "./lab.ts";

const sh = (script: string) => ["sh", "-c", script];

describe("a host", { timeout: 60_000 }, () => {
  // For all that leave it as it was.
  let host: Host;
  beforeAll(async () => {
    host = await Lab.host();
  });
  afterAll(() => host.down());

  test("is a whole Debian 12 with systemd, sshd, sudo and cron, and belongs to this process", async () => {
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
    const odd = ["", " a  b ", `'"$HOME"'`, "*", "line\nbreak", "\\", "ü"];
    for (const run of [host.ssh, host.exec]) {
      expect(await run.call(host, ["printf", "[%s]", ...odd])).toBe(odd.map((word) => `[${word}]`).join(""));
      expect(await run.call(host, ["cat"], { input: "in\n" })).toBe("in\n");
      await expect(run.call(host, sh("echo no >&2; exit 7"))).rejects
        .toMatchObject({ status: 7, stdout: "", stderr: "no\n" });
      await expect(run.call(host, ["sleep", "60"], { timeout: 500 })).rejects.toMatchObject({ status: null });
    }
    const directory = await mkdtemp(join(tmpdir(), "lab-"));
    onTestFinished(() => rm(directory, { recursive: true }));
    await writeFile(join(directory, "file"), "bytes\0\n", { mode: 0o640 });
    await host.put(join(directory, "file"), "/root/with space");
    expect(await host.ssh(["cat", "/root/with space"])).toBe("bytes\0\n");
    expect(await host.ssh(["stat", "-c", "%a %U", "/root/with space"])).toBe("640 root\n");
  });

  test("is reached by plain ssh through its alias, with its key checked", async () => {
    const options = ["-F", Lab.sshConfig, "-o", "StrictHostKeyChecking=yes"];
    const ssh = spawn("ssh", [...options, `host${host.number}`, "hostname"]);
    let out = "";
    ssh.stdout.on("data", (data) => out += data);
    expect(await once(ssh, "close")).toEqual([0, null]);
    expect(out).toBe(`host${host.number}\n`);
  });

  test("reaches the other hosts, and has no way out", async () => {
    const [one, two] = [await freshHost(), await freshHost()];
    await one.exec(["timeout", "2", "bash", "-c", `exec 3<>/dev/tcp/${two.address}/22`]);
    expect(await one.exec(["ip", "route", "show", "default"])).toBe("");
    expect(await readFile("/proc/sys/net/ipv4/conf/brclaudeops/forwarding", "utf8")).toBe("0\n");
    expect(await readFile("/proc/sys/net/ipv6/conf/brclaudeops/disable_ipv6", "utf8")).toBe("1\n");
  });

  test("cannot be reached while its link is cut, and can again when it is healed", async () => {
    await host.cut();
    expect(await greeting(host.address, 22)).toBeUndefined();
    expect(await host.exec(["hostname"])).toBe(`host${host.number}\n`);
    await host.heal();
    expect(await host.ssh(["hostname"])).toBe(`host${host.number}\n`);
  });

  test("accepts connections and says nothing while frozen, and goes on when thawed", async () => {
    const beat = sh("while sleep .05; do date +%s%3N; done >/root/beats");
    await host.ssh(["systemd-run", "-q", "--unit=beat", ...beat]);
    await sleep(200);
    await host.freeze();
    expect(await greeting(host.address, 22)).toBe("");
    await host.thaw();
    expect(await greeting(host.address, 22)).toMatch(/^SSH-2.0-/);
    await sleep(200);
    const beats = (await host.ssh(["cat", "/root/beats"])).trim().split("\n").map(Number);
    const pauses = beats.slice(1).map((time, index) => time - (beats[index] ?? NaN));
    expect(Math.max(...pauses)).toBeGreaterThanOrEqual(500);
    expect(pauses.at(-1)).toBeLessThan(500);
  });

  test("loses its processes and what is not on its disk yet when it is killed, and boots anew", async () => {
    const host = await freshHost();
    const bootId = () => host.exec(["cat", "/proc/sys/kernel/random/boot_id"]);
    const before = await bootId();
    await host.ssh(sh("echo kept >/root/file; sync /root/file; echo lost >/run/file; echo lost >/root/late"));
    await host.kill();
    expect(await greeting(host.address, 22)).toBeUndefined();
    await expect(host.exec(["true"])).rejects.toMatchObject({
      status: 1,
      stderr: expect.stringContaining("is off"),
    });
    await host.boot();
    expect(await host.ssh(["cat", "/root/file"])).toBe("kept\n");
    await expect(host.ssh(["cat", "/run/file"])).rejects.toThrow("No such file");
    expect(await host.ssh(sh("cat /root/late 2>/dev/null || :"))).toBe("");
    const killed = await bootId();
    expect(killed).not.toBe(before);
    await host.reboot();
    expect(await host.ssh(["cat", "/root/file"])).toBe("kept\n");
    expect(await bootId()).not.toBe(killed);
  });

  test("takes no change once its disk has failed, until it is killed and booted", async () => {
    const host = await freshHost();
    await host.break();
    await expect(host.ssh(sh("echo >/root/file"))).rejects.toThrow("Read-only file system");
    await host.kill();
    await host.boot();
    await host.ssh(sh("echo >/root/file"));
  });

  test("can be killed while it is frozen", async () => {
    const host = await freshHost();
    await host.freeze();
    await host.kill();
    await host.boot();
    expect(await host.ssh(["hostname"])).toBe(`host${host.number}\n`);
  });

  test("has a memory limit that it sees, that ends what takes more, and that can be raised", async () => {
    const host = await freshHost({ memory: "128M" });
    const limit = sh("cat /sys/fs/cgroup/memory/memory.limit_in_bytes || cat /sys/fs/cgroup/memory.max");
    const take = sh("head -c 200M /dev/zero | tail -c 200M | wc -c");
    expect(await host.exec(limit)).toBe(`${128 * 2 ** 20}\n`);
    expect(await host.exec(take)).toBe("0\n");
    expect(await host.ssh(["hostname"])).toBe(`host${host.number}\n`);
    await host.memory("1G");
    expect(await host.exec(limit)).toBe(`${2 ** 30}\n`);
    expect(await host.exec(take)).toBe(`${200 * 2 ** 20}\n`);
  });

  test("has a disk that can be full for root too, and recovers", async () => {
    const host = await freshHost({ disk: "300M" });
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
    const before = await host.bytes();
    await host.ssh(sh("cat >/dev/null"), { input: new Uint8Array(2 ** 20) });
    const after = await host.bytes();
    expect(after.received - before.received).toBeGreaterThan(2 ** 20);
    expect(after.received - before.received).toBeLessThan(1.2 * 2 ** 20);
    expect(after.sent - before.sent).toBeLessThan(2 ** 18);
  });
});

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
