import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { type Host, Lab } from "./lab.ts";
import { BINARY, Operator } from "./ops.ts";

const operator = new Operator();
const nobody = "127.0.0.1:9";
let hosts: Host[];
const install = (...words: string[]) => ["install", ...words, "--user", "dev", "--claude-version", "none"];
beforeAll(async () => {
  hosts = await Promise.all([Lab.host(), Lab.host()]);
});
afterAll(async () => {
  await Promise.all(hosts.map((host) => host.down()));
  operator.remove();
});
const name = (at: number) => `host${hosts[at]!.number}`;

test("a list of hosts: who failed is told at the end with the reason, and alone tried again", async () => {
  const list = join(operator.home, "hosts");
  writeFileSync(list, `[lab]\n${name(0)}\n${nobody}\n[other]\n${name(1)}\n`);
  const first = await operator.run(install(`@${list}:lab`));
  expect(first.code).toBe(1);
  expect(first.stderr).toMatch(
    /\n1 of 2 hosts failed\n {2}127\.0\.0\.1:9 {2}nothing listens.*\n {15}hint: .*\nhint: only these again: \S+ install --user dev .* @failed\n$/,
  );
  // In a log file each line says whose it is.
  expect(first.stderr).toMatch(new RegExp(`^✓ ${name(0)} +claude-ops {2}sent, `, "m"));

  const again = await operator.run(install("@failed", "--json"));
  expect(again.code).toBe(1);
  expect(again.json.at(-1)).toMatchObject({ host: nobody, ok: false });
  const status = await operator.summary(["status", `@${list}`]);
  const update = await operator.run(["update", `@${list}:lab`, "--activate"]);
  expect(update.stdout, update.stderr).toMatch(
    new RegExp(`^HOST +CLAUDE CODE +WHY\n${name(0)} +none +nothing waits`),
  );
  expect(update.stderr).toContain("1 of 2 hosts failed");
  const asSeen = execFileSync("sh", [
    "-c",
    '"$0" "$@" 2>&1 || :',
    BINARY,
    "status",
    name(0),
    nobody,
    "--ssh-config",
    operator.sshConfig,
  ], {
    env: { HOME: operator.home, LANG: "C.UTF-8" },
    encoding: "utf8",
  });
  expect(asSeen).toMatch(/^HOST .*\n.*\n\n1 of 2 hosts failed\n/m);
  expect(status.hosts).toMatchObject([
    { host: name(0), users: [{ name: "dev" }] },
    { host: nobody, ok: false },
    { host: name(1), ok: false, error: { code: "not-installed" } },
  ]);
});

/** Stops the process whose turn it is as soon as there is one, and tells its pid. */
const STOP_HOLDER = `
for look in $(seq 60000); do
  case $(readlink /run/claude-ops/turn/* 2>/dev/null) in
    *'"pid":'*) pid=$(readlink /run/claude-ops/turn/* | sed -n 's/.*"pid":\\([0-9]*\\).*/\\1/p' | tail -n 1)
      kill -STOP "$pid" && echo "$pid" && exit ;;
  esac
done
exit 1`;

test("of two operators who set up the same host one waits, and is told for whom", async () => {
  // The first one's work stops in the middle.
  const first = operator.run(install(name(1), "--json"));
  const pid = await hosts[1]!.exec(["sh", "-c", STOP_HOLDER]);
  const other = new Operator();
  onTestFinished(() => other.remove());
  let waits = "";
  const second = await other.run(install(name(1), "--json"), {
    onLine: (line) => {
      if (!line.includes('"turn"') || !line.includes('"running"')) return;
      waits = JSON.parse(line).detail;
      void hosts[1]!.exec(["kill", "-CONT", pid.trim()]);
    },
  });
  expect(waits).toMatch(/^waiting for somebody from [\d.]+ \(process \d+\)$/);
  expect((await first).json.at(-1)).toMatchObject({ ok: true });
  expect(second.json.at(-1)).toMatchObject({ ok: true, changed: 0 });
});
