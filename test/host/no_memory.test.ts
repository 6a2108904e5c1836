import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { connect } from "../../src/remote/connect.ts";
import { nobody } from "../../src/remote/interaction.ts";
import { invoke } from "../../src/remote/invoke.ts";
import { explainKill } from "../../src/remote/out_of_memory.ts";
import { probe } from "../../src/remote/probe.ts";
import { parseTarget } from "../../src/remote/target.ts";
import { freshHost } from "./fresh_host.ts";
import { difference, Operator, snapshot } from "./ops.ts";

test("a host without memory: said before anything is sent, nothing changed, installed once it has some", async () => {
  const [host, operator] = [await freshHost(), new Operator()];
  const install = ["install", `host${host.number}`, "--user", "dev", "--claude-version", "none"];
  const fresh = await snapshot(host);
  const stat = "cat /sys/fs/cgroup/memory/memory.stat /sys/fs/cgroup/memory.stat 2>/dev/null || :";
  const taken = /^(?:total_rss|anon) (\d+)$/m.exec(await host.sh(stat))![1];
  await host.memory(`${Math.ceil(Number(taken) / 1024) + (20 << 10)}K`);
  const said = await operator.summary(install);
  await host.memory("1G");
  expect(said).toMatchObject({ exit: 1, error: { code: "out-of-memory" } });
  expect(said.error.message).toMatch(/has \d+ MiB of memory free, and about 32 MiB are needed/);
  expect(difference(fresh, await snapshot(host))).toEqual([]);
  expect(await operator.summary(install)).toMatchObject({ ok: true, exit: 0 });

  // What the kernel ends for lack of memory, while the connection stays.
  const connection = await connect(parseTarget(`host${host.number}`), {
    ...{ interaction: nobody, home: operator.home, configFile: operator.sshConfig, env: {} },
  });
  const facts = await probe(connection);
  const hungry = ["systemd-run", "--scope", "-q", "-p", "MemoryMax=16M", "tail", "/dev/zero"];
  const killed = await invoke(connection, hungry).catch((error) => error);
  expect(killed).toMatchObject({ code: "no-answer", details: { signal: "SIGKILL" } });
  expect(await explainKill(connection, facts, killed)).toMatchObject({
    code: "out-of-memory",
    message: expect.stringContaining("ran out of memory: its kernel ended claude-ops"),
  });
  // Killed by somebody else: nothing is made up. The count is the whole machine's, where others test as well.
  const other = await invoke(connection, ["sh", "-c", "kill -KILL $$"]).catch((error) => error);
  const now = {
    ...facts,
    outOfMemoryKills: Number(/^oom_kill (\d+)$/m.exec(readFileSync("/proc/vmstat", "utf8"))![1]),
  };
  expect(await explainKill(connection, { ...now, outOfMemoryKills: now.outOfMemoryKills + 1000 }, other))
    .toBe(other);

  // What the kernel ends is the other end of our connection, so nobody is left who could be asked.
  await host.memory("200M");
  const tight = await probe(connection);
  const hungrier = "echo 1000 > /proc/$PPID/oom_score_adj; exec tail /dev/zero";
  const closed = await connection.exec(["sh", "-c", hungrier]).catch((error) => error);
  expect(await explainKill(connection, tight, closed)).toMatchObject({
    code: "connection-lost",
    message: expect.stringMatching(
      /^lost the connection to host\d+: the host closed it; it had \d+ MiB of memory free at the begin$/,
    ),
    hint: expect.stringContaining("give it more memory"),
  });
  connection.close();
  operator.remove();
});
