import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { Finding } from "../../src/host/diagnose.ts";
import { tinyClaude } from "../tiny_claude.ts";
import { type Host, Lab } from "./lab.ts";
import { ask, PROGRAM } from "./managed_host.ts";
import { Operator } from "./ops.ts";

// A container has the machine's clock, so here it is libfaketime that shows 1970: to all that sshd starts, and what that
// starts, while the kernel keeps its own time. So files are "from the future", as after a boot without a clock.

const LIBRARY = `/usr/lib/${
  process.arch === "x64" ? "x86_64" : "aarch64"
}-linux-gnu/faketime/libfaketime.so.1`;
const CONFIG = "/etc/ssh/sshd_config.d/1970.conf";
const ENVIRONMENT =
  'LD_PRELOAD=/usr/lib/libfaketime.so.1 "FAKETIME=@1970-01-01 00:01:00" FAKETIME_DONT_FAKE_MONOTONIC=1';
const install = (
  host: Host,
  ...words: string[]
) => ["install", `host${host.number}`, "--user", "dev", ...words];
let operator: Operator;
let host: Host;

beforeAll(async () => {
  [operator, host] = [new Operator(), await Lab.host()];
  await host.put(LIBRARY, "/usr/lib/libfaketime.so.1");
  await setClock("1970");
});
afterAll(async () => {
  operator.remove();
  await host.down();
});

async function setClock(to: "1970" | "right"): Promise<void> {
  const change = to === "1970" ? `echo '${`SetEnv ${ENVIRONMENT}`}' >${CONFIG}` : `rm ${CONFIG}`;
  await host.exec(["sh", "-ec", `${change}; chmod 755 /usr/lib/libfaketime.so.1; systemctl reload ssh`]);
  // While sshd takes up its new configuration, it may refuse.
  const year = async () => (await host.ssh(["date", "+%Y"]).catch(() => "")).trim();
  const want = to === "1970" ? /^1970$/ : /^(?!1970)\d{4}$/;
  await vi.waitFor(async () => expect(await year()).toMatch(want), { timeout: 30_000, interval: 100 });
}

/** claude-ops on the host, by whoever logs in. */
async function there(user: string, ...words: string[]) {
  const out = await host.sshAs(user, ["sh", "-c", '"$@" 2>&1; echo $?', "sh", PROGRAM, ...words, "--json"]);
  const lines = out.trim().split("\n");
  return { exit: Number(lines.at(-1)), said: JSON.parse(lines.at(-2)!) };
}

test("a host that is in 1970: installed, a second run changes nothing, doctor names the clock", async () => {
  expect(await operator.summary(install(host, "--claude-version", "none"))).toMatchObject({ ok: true });
  expect(await operator.summary(install(host, "--claude-version", "none"))).toMatchObject({
    ...{ ok: true, changed: 0, sentBytes: 0 },
  });
  const { findings } = (await there("root", "doctor")).said as { findings: Finding[] };
  expect(findings).toContainEqual(
    expect.objectContaining({ id: "clock", actual: expect.stringMatching(/^1970-01-01/) }),
  );
});

test("a registry whose certificate is not valid yet: the clock is named, not the certificate's authority", async () => {
  const address = await Lab.bridge();
  const directory = mkdtempSync(join(tmpdir(), "authority-"));
  const at = (name: string) => join(directory, name);
  const pair = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", at("key")];
  const names = ["-subj", "/CN=registry", "-addext", `subjectAltName=IP:${address}`];
  execFileSync("openssl", ["req", "-x509", ...pair, ...names, "-days", "2", "-out", at("cert")], {
    stdio: "pipe",
  });
  const server = createServer({ key: readFileSync(at("key")), cert: readFileSync(at("cert")) });
  await new Promise<void>((resolve) => server.listen(0, address, resolve));
  const { port } = server.address() as AddressInfo;
  writeFileSync(at("npmrc"), `registry=https://${address}:${port}/\ncafile=/root/ca.pem\n`);
  await host.put(at("cert"), "/root/ca.pem");
  await host.put(at("npmrc"), "/root/.npmrc");
  const { steps } = await operator.summary(install(host, "--claude-version", "2.1.329"));
  server.close();
  rmSync(directory, { recursive: true });
  await host.exec(["rm", "/root/.npmrc"]);
  expect(steps).toContainEqual(expect.objectContaining({
    id: "claude-code",
    error: {
      code: "registry-tls",
      message: expect.stringMatching(/its certificate is not valid yet, and the clock here says 1970-01-01$/),
      hint: expect.stringContaining("timedatectl"),
    },
  }));
  expect(await operator.summary(install(host, "--claude-version", "none"))).toMatchObject({ ok: true });
});

test("sessions live and end in 1970; nothing is tidied then, and nothing for its age once the clock is right", async () => {
  const directory = mkdtempSync(join(tmpdir(), "claude-"));
  writeFileSync(join(directory, "claude"), tinyClaude("2.1.329"), { mode: 0o755 });
  await host.put(join(directory, "claude"), "/opt/claude");
  rmSync(directory, { recursive: true });
  const start =
    "CLAUDE_OPS_CLAUDE=/opt/claude setsid .claude/bin/claude-session pay </dev/null >/dev/null 2>&1 &";
  await host.sshAs("dev", ["sh", "-c", `cd; ${start}`]).catch(() => {});
  const listed = async () => (await there("dev", "session", "list")).said.sessions;
  while ((await listed())[0]?.live !== true);
  expect(await there("dev", "cleanup")).toMatchObject({ exit: 1, said: { error: { code: "clock" } } });
  // As the kernel of such a host would have it.
  const written = "find .claude/sessions -mindepth 1 -exec touch -h -d 1970-01-01T00:01:00Z {} +";
  await host.exec(["sh", "-ec", `cd /home/dev; ${written}`]);

  await setClock("right");
  const [live] = await listed();
  expect(live).toMatchObject({ name: "pay", live: true });
  await host.exec(["kill", "-KILL", `${live.pid}`]);
  while ((await listed())[0]?.live !== false);
  expect(await there("dev", "cleanup")).toMatchObject({ exit: 0, said: { actions: [] } });
  expect(await listed()).toMatchObject([{ name: "pay" }]);
  const { said } = await ask(host, ["doctor"]);
  expect(said.findings.map(({ id }: Finding) => id)).not.toContain("clock");
});
