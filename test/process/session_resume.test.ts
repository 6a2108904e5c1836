import { mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { newId } from "../../src/sessions/id.ts";
import { readRecord } from "../../src/sessions/record.ts";
import { ended, SessionHost } from "../unit/session_host.ts";

const args = 'echo "$@"; pwd';

/** What Claude Code leaves of a conversation. */
function transcript(directory: string, id: string, time: number): void {
  const slug = join(directory, "projects/-work");
  mkdirSync(slug, { recursive: true });
  writeFileSync(join(slug, `${id}.jsonl`), "{}\n");
  utimesSync(join(slug, `${id}.jsonl`), time, time);
}

test("a session is resumed by its name or UUID in its own directory, from anywhere", async () => {
  const host = new SessionHost(args);
  await host.run("session", "start", "one");
  const [id] = host.ids;
  transcript(host.directory(), id!, 1000);
  const first = readRecord(host.directory());
  for (const which of ["one", id!, id!.toUpperCase()]) {
    rmSync(join(host.home, "away"), { recursive: true, force: true });
    expect(await host.run("session", "start", "--resume", which)).toMatchObject({
      status: 0,
      stdout: `--resume ${id}\n${host.work}\n`,
    });
  }
  expect(host.ids).toEqual([id]);
  const { identity, createdAt, name, resumedAt } = readRecord(host.directory()) as
    & typeof first
    & Record<string, unknown>;
  expect({ name, createdAt }).toEqual({ name: "one", createdAt: (first as { createdAt: string }).createdAt });
  expect(identity).not.toEqual((first as unknown as { identity: unknown }).identity);
  expect(resumedAt).toBeDefined();
});

test("the conversation that goes on is the one last written to; without any, the session starts afresh", async () => {
  const host = new SessionHost(args);
  await host.run("session", "start", "one");
  const [id] = host.ids;
  const resumed = await host.run("session", "start", "--resume", "one", "--", "--model", "x");
  expect(resumed.stdout).toBe(`--session-id ${id} -n one --model x\n${host.work}\n`);
  const cleared = newId();
  transcript(host.directory(), id!, 1000);
  transcript(host.directory(), cleared, 2000);
  writeFileSync(join(host.directory(), "projects/-work/agent-1.jsonl"), "{}\n");
  expect((await host.run("session", "start", "--resume", "one")).stdout).toContain(`--resume ${cleared}\n`);
});

test("a live session is not resumed: its pid and its age are said", async () => {
  const host = new SessionHost("echo ready; exec sleep 100");
  const child = host.spawn("session", "start", "one");
  const end = ended(child);
  await new Promise((resolve) => child.stdout!.once("data", resolve));
  const before = readFileSync(join(host.directory(), "session.json"), "utf8");
  const refused = await host.run("session", "start", "--resume", "one");
  expect(refused).toMatchObject({
    status: 1,
    stderr: expect.stringMatching(new RegExp(`is live: pid ${child.pid}, for \\d s`)),
  });
  expect(readFileSync(join(host.directory(), "session.json"), "utf8")).toBe(before);
  child.kill("SIGKILL");
  await end;
});

test("of ten that resume a session at once, one gets it", async () => {
  const host = new SessionHost("exit 0");
  await host.run("session", "start", "one");
  // Lives for as long as the slowest of the others may take to come.
  writeFileSync(host.env.CLAUDE_OPS_CLAUDE!, "#!/bin/sh\nsleep 4\n");
  const all = await Promise.all(
    Array.from({ length: 10 }, () => host.run("session", "start", "--resume", "one")),
  );
  expect(all.filter(({ status }) => status === 0)).toHaveLength(1);
  for (const { stderr } of all.filter(({ status }) => status !== 0)) {
    expect(stderr).toMatch(/is live: pid|being resumed by somebody else/);
  }
}, 20_000);

test("a name that several have is answered with their UUIDs, an unknown one with where to look", async () => {
  const host = new SessionHost("exit 0");
  await host.run("session", "start", "one");
  await host.run("session", "start", "one");
  const several = await host.run("session", "start", "--resume", "one");
  expect(several.status).toBe(1);
  for (const id of host.ids) expect(several.stderr).toContain(id);
  for (const which of ["two", newId()]) {
    const none = await host.run("session", "start", "--resume", which);
    expect(none).toMatchObject({ status: 1, stderr: expect.stringContaining("session list --all") });
  }
  expect(await host.run("session", "start", "new", "--resume", "one")).toMatchObject({ status: 2 });
});

test("a session whose directory or record is lost says so, and goes on elsewhere with --project", async () => {
  const host = new SessionHost("pwd");
  await host.run("session", "start", "one");
  const [id] = host.ids;
  rmSync(host.work, { recursive: true });
  mkdirSync(join(host.home, "other"));
  Object.assign(host, { work: join(host.home, "other") });
  const gone = await host.run("session", "start", "--resume", "one");
  expect(gone).toMatchObject({ status: 1, stderr: expect.stringContaining("does not exist") });
  expect(await host.run("session", "start", "--resume", "one", "--project", ".")).toMatchObject({
    status: 0,
    stdout: `${join(host.home, "other")}\n`,
  });
  writeFileSync(join(host.directory(), "session.json"), "{");
  const broken = await host.run("session", "start", "--resume", id!);
  expect(broken).toMatchObject({
    status: 1,
    stderr: expect.stringContaining("cannot be read: no complete JSON"),
  });
});
