import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { memoryHere } from "../../src/runtime/memory.ts";
import { memoryOf } from "../../src/runtime/process_memory.ts";
import { scratch } from "./scratch.ts";

const MiB = 2 ** 20;
const meminfo = "MemTotal:       4194304 kB\nMemFree:         100000 kB\nMemAvailable:   2097152 kB\n";

/** A root directory with these files, as the kernel writes them. */
function kernel(files: Record<string, string>): string {
  const root = scratch();
  for (const [path, text] of Object.entries({ "/proc/meminfo": meminfo, ...files })) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

const v2 = (directory: string, max: string, current: number, stat = "") => ({
  [`/sys/fs/cgroup${directory}/memory.max`]: `${max}\n`,
  [`/sys/fs/cgroup${directory}/memory.current`]: `${current}\n`,
  [`/sys/fs/cgroup${directory}/memory.stat`]: stat,
});
const v1 = (directory: string, limit: number | bigint, usage: number, stat = "") => ({
  [`/sys/fs/cgroup/memory${directory}/memory.limit_in_bytes`]: `${limit}\n`,
  [`/sys/fs/cgroup/memory${directory}/memory.usage_in_bytes`]: `${usage}\n`,
  [`/sys/fs/cgroup/memory${directory}/memory.stat`]: stat,
});

test.each<[string, Record<string, string>, { available: number; limit: number }]>([
  ["a machine without control groups", {}, { available: 2048, limit: 4096 }],
  [
    "a machine whose groups have no limit (v2)",
    { "/proc/self/cgroup": "0::/user.slice\n", ...v2("/user.slice", "max", 5 * MiB) },
    { available: 2048, limit: 4096 },
  ],
  [
    "a machine whose groups have no limit (v1)",
    { "/proc/self/cgroup": "5:memory:/\n", ...v1("", 9223372036854771712n, 5 * MiB) },
    { available: 2048, limit: 4096 },
  ],
  [
    "a container (v2), whose page cache is free and whose tmpfs is not",
    {
      "/proc/self/cgroup": "0::/init.scope\n",
      ...v2(
        "",
        String(512 * MiB),
        400 * MiB,
        `anon ${200 * MiB}\nfile ${190 * MiB}\nshmem ${90 * MiB}\ninactive_file ${60 * MiB}\nactive_file ${
          40 * MiB
        }\n` +
          `slab_reclaimable ${10 * MiB}\n`,
      ),
    },
    { available: 222, limit: 512 },
  ],
  [
    "a container (v1), whose figures are those of all its groups",
    {
      "/proc/self/cgroup": "9:cpu,cpuacct:/x\n7:memory:/user.slice\n1:name=systemd:/x\n0::/x\n",
      ...v1(
        "",
        512 * MiB,
        400 * MiB,
        `cache ${300 * MiB}\ninactive_file 0\ntotal_cache ${300 * MiB}\ntotal_inactive_file ${60 * MiB}\n` +
          `total_active_file ${40 * MiB}\n`,
      ),
    },
    { available: 212, limit: 512 },
  ],
  [
    "a group of our own that is narrower than the container",
    {
      "/proc/self/cgroup": "0::/user.slice/user-1000.slice/session-1.scope\n",
      ...v2("", String(2048 * MiB), 100 * MiB),
      ...v2("/user.slice/user-1000.slice", String(256 * MiB), 56 * MiB),
      ...v2("/user.slice/user-1000.slice/session-1.scope", "max", 50 * MiB),
    },
    { available: 200, limit: 256 },
  ],
  [
    "a container that sees its path on the machine",
    { "/proc/self/cgroup": "4:memory:/docker/0123\n", ...v1("", 300 * MiB, 100 * MiB) },
    { available: 200, limit: 300 },
  ],
  [
    "more in use than the limit allows",
    { "/proc/self/cgroup": "0::/\n", ...v2("", String(100 * MiB), 120 * MiB) },
    { available: 0, limit: 100 },
  ],
])("memory of %s", (_, files, { available, limit }) => {
  expect(memoryHere(Infinity, kernel(files))).toEqual({ available: available * MiB, limit: limit * MiB });
});

test("memory of a process is its own and that of what it started", async () => {
  const fill = "import time; data = bytearray(b'x' * (80 << 20)); print('full', flush=True); time.sleep(60)";
  const child = spawn("/bin/sh", ["-c", `python3 -c "${fill}" & wait`], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  await new Promise((resolve) => child.stdout.once("data", resolve));
  const sole = spawn("/bin/sleep", ["60"], { stdio: "ignore" });
  onTestFinished(() => {
    sole.kill("SIGKILL");
    // The shell's child goes with its group of one.
    for (const pid of childrenOf(child.pid!)) process.kill(pid, "SIGKILL");
    child.kill("SIGKILL");
  });
  const [whole, part, none] = memoryOf([[child.pid!], [sole.pid!], [4194303]]);
  expect(whole! / MiB).toBeGreaterThan(80);
  expect(whole! / MiB).toBeLessThan(120);
  expect(part! / MiB).toBeLessThan(5);
  expect(none).toBe(0);
});

function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ").filter(Boolean).map(Number);
}
