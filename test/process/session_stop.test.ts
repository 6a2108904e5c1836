import { expect, test } from "vitest";
import { isAlive } from "../../src/runtime/process.ts";
import { sessionLiveness } from "../../src/sessions/presence.ts";
import { readRecord, type SessionRecord } from "../../src/sessions/record.ts";
import { stopSession } from "../../src/sessions/stop.ts";
import { ended, SessionHost } from "../unit/session_host.ts";

async function started(
  body: string,
): Promise<{ host: SessionHost; record: SessionRecord; end: ReturnType<typeof ended> }> {
  const host = new SessionHost(body);
  const child = host.spawn("session", "start", "one");
  const end = ended(child);
  await new Promise((resolve) => child.stdout!.once("data", resolve));
  return { host, record: readRecord(host.directory()) as SessionRecord, end };
}

test("a session that is stopped ends by SIGTERM, its directory stays, and a second stop is fine", async () => {
  const { host, record, end } = await started(
    "trap 'echo bye; exit 0' TERM; echo ready; while :; do sleep 0.1; done",
  );
  const stopped = await host.run("session", "stop", "one", "--json");
  expect(JSON.parse(stopped.stdout)).toEqual({
    id: record.id,
    name: "one",
    how: "ended",
    pids: [record.identity.pid],
  });
  expect(await end).toMatchObject({ status: 0, stdout: "ready\nbye\n" });
  expect(sessionLiveness(host.layout, record)).toBe("dead");
  expect(host.ids).toEqual([record.id]);
  expect(await host.run("session", "stop", "one")).toMatchObject({
    status: 0,
    stdout: "session one was not running\n",
  });
});

test("one that does not end is said so, and killed only with --force", async () => {
  const { host, record, end } = await started("trap '' TERM; echo ready; while :; do sleep 0.1; done");
  await expect(stopSession(host.layout, record, { force: false, grace: 300 })).rejects.toThrow(
    /has not ended within 0.3 s/,
  );
  expect(isAlive(record.identity)).toBe(true);
  expect(await stopSession(host.layout, record, { force: true, grace: 300 })).toMatchObject({
    how: "killed",
  });
  expect(isAlive(record.identity)).toBe(false);
  expect(await end).toMatchObject({ signal: "SIGKILL" });
});

test("a pid that was given to somebody else is left alone", async () => {
  const { host, record, end } = await started("echo ready; exec sleep 100");
  const reused = { ...record, identity: { ...record.identity, startTime: record.identity.startTime - 1 } };
  expect(await stopSession(host.layout, reused, { force: true, grace: 300 })).toEqual({
    how: "not running",
    pids: [],
  });
  expect(isAlive(record.identity)).toBe(true);
  await stopSession(host.layout, record, { force: false });
  await end;
});

test("what runs on another machine is not stopped from here", async () => {
  const { host, record, end } = await started("echo ready; exec sleep 100");
  const elsewhere = { ...record, identity: { ...record.identity, host: "other", pidNamespace: 1 } };
  await expect(stopSession(host.layout, elsewhere, { force: true })).rejects.toThrow(/runs on other/);
  await stopSession(host.layout, record, { force: false });
  await end;
});
