import { spawn } from "node:child_process";
import { expect, onTestFinished, test } from "vitest";
import { until } from "../unit/session_host.ts";
import { freshHost } from "./fresh_host.ts";
import type { Host } from "./lab.ts";
import { BINARY, Operator } from "./ops.ts";

const LOG = "/home/dev/.claude/update.log";
const asDev = (host: Host, script: string) => host.exec(["runuser", "-u", "dev", "--", "sh", "-ec", script]);
const line = (event: string, rest: string) => `2026-05-0${event.length}T12:00:00.000Z ${event} ${rest}`;

test("the log of a host is read and followed over SSH, across rotations, and Ctrl-C leaves nothing behind there", async () => {
  const host = await freshHost();
  const operator = new Operator();
  onTestFinished(() => operator.remove());
  const target = `host${host.number}`;
  expect(await operator.summary(["install", target, "--user", "dev", "--claude-version", "none"]))
    .toMatchObject({ ok: true });
  await asDev(
    host,
    `echo '${line("checked", "current=2.1.300 available=2.1.329")}' | gzip >${LOG}.1.gz
     echo '${line("deferred", "from=2.1.300 to=2.1.329 waiting_for=api")}' >${LOG}`,
  );
  const shown = await operator.run(["log", target]);
  expect(shown.stdout).toMatch(/^TIME +WHO +EVENT +VERSION +WHAT\n/);
  expect(shown.stdout).toMatch(/ dev +checked +2\.1\.300 → 2\.1\.329 +a newer release is there\n/);
  expect(shown.stdout).toMatch(/ dev +waiting +2\.1\.300 → 2\.1\.329 +until api has ended\n$/);
  const both = await operator.run(["log", target, `dev@${target}`]);
  expect(both.stdout).toMatch(
    new RegExp(`^TIME +HOST .*\\n.* dev@${target} +checked.*\\n.* ${target} +dev +checked`),
  );
  expect((await operator.summary(["log", target, "--since", "2027-01-01"])).events).toEqual([]);
  expect(await operator.run(["log", target, "--since", "soon"])).toMatchObject({ code: 2, stdout: "" });

  const following = () => host.sh("pgrep -fc 'until-[e]of' || true");
  for (const end of ["SIGINT", "SIGKILL"] as const) {
    const child = spawn(BINARY, ["log", "-f", target, "--ssh-config", operator.sshConfig], {
      env: { PATH: process.env.PATH!, HOME: operator.home, LANG: "C.UTF-8" },
      stdio: ["ignore", "pipe", "pipe"],
    });
    onTestFinished(() => void child.kill("SIGKILL"));
    const closed = new Promise((resolve) => child.once("close", (code, signal) => resolve(signal ?? code)));
    let said = "";
    child.stdout.on("data", (data) => said += data);
    child.stderr.on("data", (data) => said += data);
    await until(() => said.includes("until api has ended"), "what there was");
    await asDev(host, `mv ${LOG} ${LOG}.2; gzip ${LOG}.2; echo '${line("updated", `to=${end}`)}' >${LOG}`);
    await until(() => said.includes(end), "what came after a rotation");
    expect(said.match(/until api has ended/g)).toHaveLength(1);
    expect(Number(await following())).toBeGreaterThan(0);
    process.kill(child.pid!, end);
    expect(await closed).toBe(end === "SIGINT" ? 130 : "SIGKILL");
    for (let attempt = 0; attempt < 50 && Number(await following()) > 0; attempt++);
    expect(Number(await following())).toBe(0);
    await asDev(host, `rm ${LOG}; mv ${LOG}.2.gz ${LOG}.gz; gunzip ${LOG}.gz`);
  }
});
