import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { Failure } from "../../src/errors.ts";
import { parseFacts, PROBE } from "../../src/remote/probe.ts";

const shells = ["sh", "dash", "bash", "bash --posix", "busybox sh", "zsh --emulate sh"]
  .filter((shell) => spawnSync(shell.split(" ")[0]!, ["-c", "true"]).error === undefined);

test.each(shells)("the probe runs in %s and says of this machine what is so", (shell) => {
  const [program, ...args] = shell.split(" ");
  const result = spawnSync(program!, [...args, "-s"], {
    input: PROBE,
    encoding: "utf8",
    env: { PATH: "/usr/bin:/bin" },
  });
  expect([result.status, result.stderr]).toEqual([0, ""]);
  const run = (...argv: string[]) => spawnSync(argv[0]!, argv.slice(1), { encoding: "utf8" }).stdout.trim();
  const facts = parseFacts(result.stdout, "here")!;
  expect(facts).toMatchObject({
    arch: process.arch,
    hostname: run("uname", "-n"),
    uid: process.getuid!(),
    gzip: true,
  });
  // A busybox may have a dpkg-deb of its own, which comes first in its shell and tells no version.
  const dpkg = run(program!, ...args, "-c", "dpkg-deb --version 2>/dev/null");
  expect(facts.dpkg ?? "").toBe(/version (\S+)/.exec(dpkg)?.[1] ?? "");
  expect(facts.libc === "glibc" ? `glibc ${facts.glibcVersion}` : "").toBe(
    run("getconf", "GNU_LIBC_VERSION"),
  );
  expect(facts.memoryKib).toBe(Number(/MemTotal:\s+(\d+)/.exec(run("cat", "/proc/meminfo"))![1]));
  const free = Number(
    run("df", "-Pk", "--output=avail", "/tmp").split("\n")[1] ?? run("df", "-Pk", "/tmp").split(/\s+/).at(-3),
  );
  expect(Math.abs(facts.freeKib["/tmp"] - free)).toBeLessThan(500_000);
});

const report = (...lines: string[]) =>
  ["Welcome!", "---8<--- claude-ops facts", ...lines, "--->8--- claude-ops facts", "bye"].join("\n");
const x64 = ["kernel=Linux", "machine=x86_64"];

test("facts are read from between the marks only", () => {
  const sha256 = "ab".repeat(32);
  const facts = parseFacts(
    report(...x64, "musl=yes", "systemd=yes", "size=12", `sha256=${sha256}`, "odd", "=", "uid=0"),
    "h",
  );
  expect(facts).toMatchObject({ libc: "musl", systemd: true, uid: 0, sudo: false });
  expect(facts?.installed).toEqual({ path: "/usr/local/bin/claude-ops", sha256, size: 12 });
  expect(parseFacts(report(...x64), "h")?.installed).toBeUndefined();
  expect(parseFacts(report(...x64, "glibc=glibc 2.36", "machine=aarch64"), "h")).toMatchObject({
    arch: "arm64",
    glibcVersion: "2.36",
    libc: "unknown",
  });
});

test.each([
  [["loader=glibc", "glibc=glibc 2.36"], "glibc", "2.36"],
  [
    ["loader=glibc", "glibc=GNU C Library (Debian GLIBC 2.31-13) stable release version 2.31."],
    "glibc",
    "2.31",
  ],
  [
    ["loader=glibc", "glibc=GNU C Library stable release version 2.12, by Roland McGrath et al."],
    "glibc",
    "2.12",
  ],
  [["loader=glibc", "glibc="], "glibc", undefined],
  [["glibc=undefined", "musl=yes"], "musl", undefined], // Alpine
  [["glibc=", "musl=yes", "loader=glibc"], "musl", undefined], // with gcompat
  [["glibc=glibc 2.36", "musl=yes", "loader=glibc"], "glibc", "2.36"], // Debian with musl beside
  [["glibc="], "unknown", undefined],
])("%j: %s %s", (lines, libc, version) => {
  const facts = parseFacts(report(...x64, ...lines), "h")!;
  expect([facts.libc, facts.glibcVersion]).toEqual([libc, version]);
});

test("an answer that is cut or missing is none", () => {
  for (const text of ["", "kernel=Linux", report(...x64).slice(0, 60)]) {
    expect(parseFacts(text, "h")).toBeUndefined();
  }
});

test.each([
  [["kernel=Darwin", "machine=arm64"], "h runs Darwin, not Linux"],
  [["kernel=FreeBSD", "machine=amd64"], "h runs FreeBSD, not Linux"],
  [["kernel=Linux", "machine=armv7l"], "h has a armv7l processor"],
  [[], "h runs an unknown system, not Linux"],
])("a host that we have no program for is refused: %j", (lines, message) => {
  const reading = () => parseFacts(report(...lines), "h");
  expect(reading).toThrow(Failure);
  expect(reading).toThrow(message);
});
