import { expect, onTestFinished, test } from "vitest";
import { freshHost } from "./fresh_host.ts";
import type { Host } from "./lab.ts";
import { Operator } from "./ops.ts";

/** Puts a session of 40 days ago into a user's home, as it would be after a start and an end. */
async function pastSession(host: Host, user: string, name: string): Promise<void> {
  const [id, time] = [crypto.randomUUID(), new Date(Date.now() - 40 * 86_400_000).toISOString()];
  const identity = {
    bootId: "b",
    pid: 1,
    startTime: 1,
    pidNamespace: 1,
    utsNamespace: 1,
    host: `of-${user}`,
  };
  const record = {
    format: 1,
    id,
    name,
    project: "/p",
    cwd: "/",
    identity,
    claude: { path: "/c" },
    createdAt: time,
  };
  const script =
    `cd ~/.claude/sessions && mkdir -p ${id}/projects/-p && cd ${id} && sed "s/of-${user}/$(hostname)/" >session.json
    echo said >projects/-p/${id}.jsonl && touch -d '40 days ago' projects/-p/${id}.jsonl`;
  await host.exec(["runuser", "-l", user, "-c", script], { input: JSON.stringify(record) });
}

test("root cleans up for every managed user as that user, also over SSH, and one table shows all", async () => {
  const host = await freshHost();
  const operator = new Operator();
  onTestFinished(() => operator.remove());
  const target = `host${host.number}`;
  for (const user of ["dev", "ann"]) {
    const words = ["install", target, "--user", user, "--claude-version", "none"];
    expect(await operator.summary(words)).toMatchObject({ ok: true });
    await pastSession(host, user, `${user}-old`);
  }
  // What a user plants leads root nowhere.
  await host.sh("mkdir /root/precious; touch /root/precious/file");
  await host.exec([
    "runuser",
    "-l",
    "ann",
    "-c",
    "mkdir -p ~/.claude/ops; ln -s /root/precious ~/.claude/ops/removing",
  ]);
  const dry = await operator.summary(["cleanup", target, "--dry-run"]);
  expect(dry.actions.map(({ user, name }: { user: string; name: string }) => `${user}: ${name}`).sort())
    .toEqual(["ann: ann-old", "dev: dev-old"]);
  const done = await operator.run(["cleanup", target, operator.again(host)]);
  expect(done.code).toBe(0);
  expect(done.stdout).toMatch(/^HOST +USER +WHAT +NAME +WHY +DONE/);
  expect(done.stdout).toMatch(/ dev +session +dev-old +old +moved to the trash, archived\n/);
  expect(done.stdout).toMatch(/ ann +session +ann-old +old +moved to the trash, archived\n/);
  expect(
    await host.exec([
      "find",
      "/home",
      "/root/precious",
      "-path",
      "*/ops/trash/*/*",
      "-prune",
      "-printf",
      "%u\n",
    ]),
  )
    .toMatch(/^(dev\nann|ann\ndev)\n$/);
  expect(await host.exec(["ls", "/root/precious"])).toBe("file\n");
  expect(await host.exec(["runuser", "-l", "dev", "-c", "claude-ops session restore dev-old"])).toContain(
    "is back from the trash",
  );
});
