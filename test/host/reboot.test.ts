import { expect, onTestFinished, test } from "vitest";
import { freshHost } from "./fresh_host.ts";
import type { Host } from "./lab.ts";
import { Operator } from "./ops.ts";

/** Runs something as the managed user, away from the session's own directory. */
const as = (host: Host, ...argv: string[]) =>
  host.exec([
    "runuser",
    "-u",
    "dev",
    "--",
    "env",
    "-C",
    "/tmp",
    "HOME=/home/dev",
    "CLAUDE_OPS_CLAUDE=/usr/local/bin/standin",
    ...argv,
  ]);

const sessions = async (host: Host) =>
  JSON.parse(await as(host, "/usr/local/bin/claude-ops", "session", "list", "--json")).sessions;

async function started(host: Host, ...words: string[]): Promise<string> {
  const launcher = "/home/dev/.claude/bin/claude-session";
  await as(
    host,
    "sh",
    "-c",
    'out=$1; shift; rm -f "$out"; setsid "$@" >"$out" 2>&1 </dev/null &',
    "sh",
    "/tmp/out",
    launcher,
    ...words,
  );
  for (let attempt = 0; attempt < 100; attempt++) {
    const said = await host.sh("cat /tmp/out 2>/dev/null || true");
    if (said.includes("ready")) return said;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error("the session never came to life");
}

test("after a reboot no session is live, whoever has its pid, and each is resumed by its name from anywhere", async () => {
  const host = await freshHost();
  const operator = new Operator();
  onTestFinished(() => operator.remove());
  const target = `host${host.number}`;
  expect(await operator.summary(["install", target, "--user", "dev", "--claude-version", "none"]))
    .toMatchObject({ ok: true });
  const standin = '#!/bin/sh\\necho "$@"; pwd; echo ready; exec sleep 1000\\n';
  await host.sh(`printf '${standin}' >/usr/local/bin/standin; chmod 755 /usr/local/bin/standin`);
  await as(host, "mkdir", "/home/dev/shop");

  await started(host, "login", "--project", "/home/dev/shop");
  const [before] = await sessions(host);
  expect(before).toMatchObject({ name: "login", live: true, cwd: "/home/dev/shop" });
  const slug = `/home/dev/.claude/sessions/${before.id}/projects/-home-dev-shop`;
  await as(host, "mkdir", "-p", slug);
  await as(host, "touch", `${slug}/${before.id}.jsonl`);
  // From the operator's machine: root sees whose they are.
  const seen = await operator.run(["session", "list", target]);
  expect(seen.stdout).toMatch(/^USER +NAME +PROJECT +STATE +AGE +MEMORY +PID/);
  expect(seen.stdout).toMatch(/\ndev +login +\/home\/dev\/shop +live/);

  await host.reboot();
  expect(await sessions(host)).toMatchObject([{ id: before.id, state: "ended", live: false, pid: null }]);
  // Many processes, so that the old pid is somebody's again.
  await host.sh(
    `i=0; while [ $i -lt 500 ]; do sleep 60 >/dev/null 2>&1 </dev/null & i=$((i+1)); [ $! -ge ${before.pid} ] && break; done; true`,
  );
  expect(await sessions(host)).toMatchObject([{ id: before.id, live: false }]);

  expect(await started(host, "--resume", "login")).toMatch(
    new RegExp(`--resume ${before.id}( --plugin-dir \\S+)?\n/home/dev/shop\nready`),
  );
  expect(await sessions(host)).toMatchObject([{ id: before.id, name: "login", live: true }]);
  const stopped = await as(host, "/usr/local/bin/claude-ops", "session", "stop", "login");
  expect(stopped).toBe("session login has ended\n");
});
