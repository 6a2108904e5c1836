import { createServer } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { freshHost } from "./fresh_host.ts";
import { Lab } from "./lab.ts";
import { ask, PROGRAM, SPARE } from "./managed_host.ts";
import { BINARY } from "./ops.ts";

/** A registry that listens and never says a word, so that looking for a release takes its 5 s. */
async function silentRegistry(): Promise<string> {
  const server = createServer((socket) => socket.on("error", () => {}));
  const address = await Lab.bridge();
  await new Promise<void>((resolve) => server.listen(0, address, resolve));
  onTestFinished(() => void server.close());
  return `http://${address}:${(server.address() as { port: number }).port}/`;
}

test("started by root where nothing else keeps time, it does each user's jobs as that user, and ends with all it started", async () => {
  const host = await freshHost();
  const sh = (script: string) => host.exec(["sh", "-ec", script], { timeout: 120_000 });
  await host.put(BINARY, SPARE);
  // Neither systemd nor cron, as in a container.
  await sh("mount -t tmpfs none /run/systemd; mv /usr/sbin/cron /usr/sbin/cron.off");
  await sh(`echo registry=${await silentRegistry()} >/root/.npmrc`);
  const install = async (user: string) => {
    const words = ["install", "--system", "--user", user, "--claude-version", "none"];
    expect((await ask(host, words, [SPARE])).said).toMatchObject({ ok: true });
  };
  for (const user of ["ann", "bob"]) await install(user);
  const standings = async (program = [PROGRAM]) => (await ask(host, ["schedule"], program)).said.jobs;
  expect((await standings()).map(({ keeper }: { keeper: string }) => keeper)).toEqual(Array(4).fill("none"));

  // Who does jobs, as the kernel has it, for as long as the schedule is kept.
  await sh(
    `(until [ -e /tmp/status ]; do ps -eo user:20=,args= | grep '[s]chedule perform' >>/tmp/seen || :; sleep 0.5; done) \\
      >/dev/null 2>&1 </dev/null &
    (${PROGRAM} schedule run --json >/tmp/told 2>&1 </dev/null; echo $? >/tmp/status) >/dev/null 2>&1 &`,
  );
  const done = (user: string) =>
    sh(
      `timeout 100 sh -c 'until grep -q "\\"ok\\".*cleanup.*${user}" /tmp/told && grep -q "failed.*update.*${user}" /tmp/told
      do sleep 0.1; done' || { cat /tmp/told; false; }`,
    );
  // One who comes later is looked after too.
  await install("eve");
  for (const user of ["ann", "bob", "eve"]) await done(user);

  for (const user of ["ann", "bob", "eve"]) {
    expect(
      await sh(
        `find /home/${user}/.claude/ops ! -user ${user}; stat -c '%U' /home/${user}/.claude/ops/jobs/*.json`,
      ),
    )
      .toBe(`${user}\n${user}\n`);
  }
  const ann = ["runuser", "-u", "ann", "--", "env", "HOME=/home/ann", PROGRAM];
  for (const one of [...await standings(), ...await standings(ann)]) {
    expect(one).toMatchObject({ keeper: "run", last: { result: one.job === "cleanup" ? "ok" : "failed" } });
    expect(Date.parse(one.next)).toBeGreaterThan(Date.now());
  }
  const beside = await ask(host, ["schedule", "run"]);
  expect(beside).toMatchObject({ exit: 75, said: { error: { code: "running" } } });

  await sh(`kill $(sed 's/.*"pid":\\([0-9]*\\).*/\\1/' /run/claude-ops/keeper.json)
    timeout 60 sh -c 'until [ -s /tmp/status ]; do sleep 0.1; done'`);
  expect(
    await sh(
      "cat /tmp/status; ls /run/claude-ops/keeper.json 2>/dev/null || :; for u in ann bob eve; do pgrep -u $u || :; done",
    ),
  )
    .toBe("0\n");
  const users = new Set((await sh("cat /tmp/seen")).trim().split("\n").map((line) => line.split(" ")[0]));
  expect([...users].sort()).toEqual(["ann", "bob", "eve"]);
  expect(await sh("ls -d /root/.claude 2>&1 || :")).toContain("No such file");

  // What has been done is not due again only because it was started again.
  const again = await sh(`timeout 3 ${PROGRAM} schedule run --json || :`);
  const events = again.trim().split("\n").map((line) => JSON.parse(line)).filter(({ event }) => event);
  expect(events.map(({ event }) => event)).toEqual(["keeping", "stopping"]);
});
