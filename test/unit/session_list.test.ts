import { chownSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { renderSessions } from "../../src/commands/session/list_work.ts";
import { createStyle } from "../../src/cli/style.ts";
import { identityOf } from "../../src/runtime/process.ts";
import { newId } from "../../src/sessions/id.ts";
import { listSessions, type SessionSummary } from "../../src/sessions/list.ts";
import { enlist } from "../../src/sessions/live.ts";
import { ensureLayout, layoutOf } from "../../src/sessions/paths.ts";
import { recordedSession } from "./ended_sessions.ts";
import { scratch } from "./scratch.ts";
import { ended, SessionHost } from "./session_host.ts";

const identity = identityOf(process.pid)!;

function host() {
  const layout = layoutOf({ HOME: scratch() });
  ensureLayout(layout);
  const add = (name: string, startTime: number, index = true, time = Date.now()) => {
    const id = recordedSession(layout, name, {
      identity: { ...identity, startTime },
      claude: { path: "/c", version: "2.1.329" },
      createdAt: new Date(time).toISOString(),
    });
    if (index) enlist(layout, id);
    return id;
  };
  return { layout, add };
}
const names = (sessions: SessionSummary[]) => sessions.map(({ name }) => name);

test("a session is live while its process runs, and dead at once when it was killed", async () => {
  const host = new SessionHost("echo ready; exec sleep 100");
  const list = async () => JSON.parse((await host.run("session", "list", "--json")).stdout).sessions;
  expect(await list()).toEqual([]);
  const child = host.spawn("session", "start", "one");
  const end = ended(child);
  await new Promise((resolve) => child.stdout!.once("data", resolve));
  expect(await list()).toMatchObject([
    {
      id: host.ids[0],
      name: "one",
      project: host.work,
      state: "live",
      live: true,
      pid: child.pid,
      version: null,
    },
  ]);
  child.kill("SIGKILL");
  await end;
  expect(await list()).toMatchObject([{ name: "one", state: "ended", live: false, pid: null }]);
});

test("live ones come first, then the newest ten ended ones; --all shows every one", () => {
  const { layout, add } = host();
  for (let i = 0; i < 25; i++) add(`dead-${i}`, 1, i % 2 === 0, 1e12 + i);
  add("live", identity.startTime, true, 5e11);
  const { sessions, older } = listSessions(layout, false);
  expect(names(sessions)).toEqual(["live", ...Array.from({ length: 10 }, (_, i) => `dead-${24 - i}`)]);
  expect(older).toBe(15);
  expect(listSessions(layout, true).sessions).toHaveLength(26);
  expect(readdirSync(layout.live)).toHaveLength(1);
});

test("a live session that the index has lost is found and put back", () => {
  const { layout, add } = host();
  const id = add("lost", identity.startTime, false);
  expect(listSessions(layout, false).sessions).toMatchObject([{ name: "lost", live: true }]);
  expect(readdirSync(layout.live)).toEqual([id]);
});

test("what is not ours is not shown, and what cannot be read says why", () => {
  const { layout, add } = host();
  for (const name of ["1234.json", "notes"]) mkdirSync(join(layout.sessions, name));
  mkdirSync(join(layout.sessions, newId()));
  const cut = add("cut", identity.startTime);
  writeFileSync(join(layout.sessions, cut, "session.json"), '{"format":1');
  expect(listSessions(layout, false).sessions).toMatchObject([
    { id: cut, name: null, state: "unreadable", live: false, pid: null, problem: "no complete JSON" },
  ]);
  expect(readdirSync(layout.live)).toEqual([cut]);
  if (process.getuid!() !== 0) return;
  const foreign = add("foreign", identity.startTime);
  chownSync(join(layout.sessions, foreign, "session.json"), 12345, 12345);
  expect(listSessions(layout, false).sessions.find(({ id }) => id === foreign)).toMatchObject({
    state: "unreadable",
  });
});

test("an entry of a session that was removed leaves the index", () => {
  const { layout, add } = host();
  rmSync(join(layout.sessions, add("gone", 1)), { recursive: true });
  expect(listSessions(layout, false).sessions).toEqual([]);
  expect(readdirSync(layout.live)).toEqual([]);
});

test("the table fits 80 columns and steers no terminal", () => {
  const { layout, add } = host();
  add("x".repeat(64), identity.startTime);
  const listed = listSessions(layout, false);
  listed.sessions.push({
    ...listed.sessions[0]!,
    name: "a\u001b[31mb",
    project: `/home/u/${"deep/".repeat(30)}`,
    state: "ended",
  });
  const all = { ...listed, registered: [], unmanaged: [] };
  const text = renderSessions(all, { style: createStyle(false, true), columns: 80 });
  const lines = text.split("\n");
  expect(lines[0]).toMatch(/^NAME +PROJECT +STATE +AGE +MEMORY +VERSION$/);
  expect(lines.every((line) => line.length <= 80)).toBe(true);
  expect(text).not.toContain("\u001b");
});
