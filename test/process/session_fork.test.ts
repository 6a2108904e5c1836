import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { newId } from "../../src/sessions/id.ts";
import { readRecord, type SessionRecord } from "../../src/sessions/record.ts";
import { SessionHost } from "../unit/session_host.ts";

async function talked(): Promise<{ host: SessionHost; id: string; conversation: string }> {
  const host = new SessionHost('echo "$@"; pwd');
  await host.run("session", "start", "one");
  const [id] = host.ids;
  const conversation = newId();
  const slug = join(host.directory(id), "projects/-work");
  mkdirSync(join(slug, conversation, "tool-results"), { recursive: true });
  writeFileSync(join(slug, `${conversation}.jsonl`), '{"a":1}\n{"b":2}\n{"cut');
  writeFileSync(join(slug, conversation, "tool-results/x.txt"), "x");
  mkdirSync(join(host.directory(id), "file-history", conversation), { recursive: true });
  writeFileSync(join(host.directory(id), "file-history", conversation, "v1"), "old");
  return { host, id: id!, conversation };
}

test("a fork goes on with a copy in a config dir of its own, where the original was working", async () => {
  const { host, id, conversation } = await talked();
  const before = readFileSync(join(host.directory(id), "session.json"), "utf8");
  const run = await host.run("session", "start", "try", "--resume", "one", "--fork", "--", "--model", "x");
  const fork = host.ids.find((other) => other !== id)!;
  expect(run).toMatchObject({
    status: 0,
    stdout: `--resume ${conversation} --fork-session --session-id ${fork} -n try --model x\n${host.work}\n`,
  });
  const copy = join(host.directory(fork), "projects/-work");
  expect(readFileSync(join(copy, `${conversation}.jsonl`), "utf8")).toBe('{"a":1}\n{"b":2}\n');
  expect(readFileSync(join(copy, conversation, "tool-results/x.txt"), "utf8")).toBe("x");
  expect(readFileSync(join(host.directory(fork), "file-history", conversation, "v1"), "utf8")).toBe("old");
  expect(readFileSync(join(host.directory(id), "session.json"), "utf8")).toBe(before);
  expect(readRecord(host.directory(fork))).toMatchObject({ name: "try", cwd: host.work });
});

test("a fork without a name is called after the original", async () => {
  const { host, id } = await talked();
  await host.run("session", "start", "--fork", "--resume", "one");
  const fork = host.ids.find((other) => other !== id)!;
  expect((readRecord(host.directory(fork)) as SessionRecord).name).toMatch(/^one-[0-9a-f]{4}$/);
});

test("nothing is left where there is nothing to fork, or nothing to fork it into", async () => {
  const host = new SessionHost("exit 0");
  await host.run("session", "start", "one");
  expect(await host.run("session", "start", "--resume", "one", "--fork")).toMatchObject({
    status: 1,
    stderr: expect.stringContaining("nothing was said"),
  });
  expect(await host.run("session", "start", "--fork")).toMatchObject({ status: 2 });
  const { host: other, id } = await talked();
  rmSync(other.directory(id) + "/projects/-work", { recursive: true });
  await other.run("session", "start", "x", "--resume", "one", "--fork");
  expect(other.ids).toEqual([id]);
  expect(readdirSync(other.layout.live).filter((entry) => entry !== id)).toEqual([]);
});

test("without anybody to ask, --resume alone lists the sessions with their UUIDs", async () => {
  const host = new SessionHost("exit 0");
  expect(await host.run("session", "start", "--resume")).toMatchObject({
    status: 1,
    stderr: expect.stringContaining("there is no session yet"),
  });
  for (const name of ["one", "two"]) await host.run("session", "start", name);
  const listed = await host.run("session", "start", "--resume");
  expect(listed.status).toBe(1);
  for (const id of host.ids) expect(listed.stderr).toContain(id);
  expect(listed.stderr).toContain("by its UUID");
});
