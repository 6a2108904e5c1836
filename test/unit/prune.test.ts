import { execFileSync } from "node:child_process";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { carryOut, rehearse } from "../../src/cleanup/carry_out.ts";
import { archivesOf, removingOf, runName, trashOf } from "../../src/cleanup/places.ts";
import { plan } from "../../src/cleanup/plan.ts";
import { restorable, restore } from "../../src/cleanup/restore.ts";
import { configOf } from "../../src/config/schema.ts";
import { find } from "../../src/sessions/find.ts";
import { newId } from "../../src/sessions/id.ts";
import { layoutOf } from "../../src/sessions/paths.ts";
import { day, hour, pastSession } from "./ended_sessions.ts";
import { scratch } from "./scratch.ts";

interface Options {
  trash?: boolean;
  archive?: boolean;
  now?: number;
}

function home() {
  const layout = layoutOf({ HOME: scratch() });
  const env = { CLAUDE_CODE_TMPDIR: join(layout.home, "tmp") };
  const work =
    (how: typeof carryOut) => async ({ trash = true, archive = true, now = Date.now() }: Options = {}) =>
      how(layout, await plan(layout, configOf(new Map()), env, now), { trash, archive, now });
  return { layout, run: work(carryOut), dryRun: work(rehearse) };
}

/** Every file below a directory with what is in it. */
function everything(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: "utf8" }).sort().map((name) => {
    const path = join(directory, name);
    return lstatSync(path).isFile() ? `${name}: ${readFileSync(path, "latin1")}` : name;
  });
}

const said = '{"type":"user","message":"hello"}\n'.repeat(1000);

test("a pruned session goes to the trash whole, its conversation to an archive that tar reads, and comes back", async () => {
  const { layout, run } = home();
  const id = pastSession(layout, "login", { ago: 40 * day, said });
  const before = everything(join(layout.sessions, id)).filter((line) => !line.startsWith("session.json"));
  const report = await run();
  expect(report.actions).toMatchObject([{
    kind: "session",
    id,
    name: "login",
    reason: "old",
    action: "trash",
    archived: true,
  }]);
  expect(readdirSync(layout.sessions)).toEqual([]);
  expect(readdirSync(layout.names)).toEqual([]);
  const archive = join(archivesOf(layout), `${id}.login.tar.gz`);
  expect(execFileSync("tar", ["xzOf", archive, `projects/-p/${id}.jsonl`], { encoding: "utf8" })).toBe(said);
  expect(statSync(archive).mode & 0o777).toBe(0o600);
  expect(restorable(layout)).toMatchObject([{ id, name: "login", from: "trash" }]);
  expect(restore(layout, "login")).toMatchObject({ id, from: "trash" });
  expect(everything(join(layout.sessions, id)).filter((line) => !line.startsWith("session.json"))).toEqual(
    before,
  );
  expect(find(layout, "login").id).toBe(id);
  expect([readdirSync(trashOf(layout)), readdirSync(archivesOf(layout))]).toEqual([[], []]);
  // Who brings one back wants to work with it.
  expect((await run()).actions).toEqual([]);
});

test("after the trash was emptied, what was said comes back from the archive; after a year nothing does", async () => {
  const { layout, run } = home();
  const id = pastSession(layout, "login", { ago: 40 * day, said });
  await run();
  expect((await run({ now: Date.now() + 13 * day })).actions).toEqual([]);
  expect((await run({ now: Date.now() + 15 * day })).actions).toMatchObject([
    { kind: "trash", id, name: "login", action: "remove" },
  ]);
  expect([readdirSync(trashOf(layout)), readdirSync(removingOf(layout))]).toEqual([[], []]);
  expect(restore(layout, id.toUpperCase())).toMatchObject({ id, name: "login", from: "archive" });
  expect(readFileSync(join(layout.sessions, id, "projects/-p", `${id}.jsonl`), "utf8")).toBe(said);
  expect(find(layout, "login").id).toBe(id);
  expect(() => restore(layout, "login")).toThrow('no session "login" was pruned');
  await run({ now: Date.now() + 40 * day });
  await run({ now: Date.now() + 80 * day });
  expect((await run({ now: Date.now() + 500 * day })).actions).toMatchObject([{
    kind: "archive",
    name: "login",
  }]);
  expect(restorable(layout)).toEqual([]);
});

test("without trash a session is removed at once, without archive nothing of it stays", async () => {
  const { layout, run } = home();
  pastSession(layout, "kept", { ago: 40 * day, said });
  await run({ trash: false });
  expect(restorable(layout)).toMatchObject([{ name: "kept", from: "archive" }]);
  pastSession(layout, "gone", { ago: 40 * day, said });
  expect(await run({ trash: false, archive: false })).toMatchObject({ freed: expect.any(Number) });
  expect(restorable(layout)).toMatchObject([{ name: "kept" }]);
  expect([readdirSync(layout.sessions), readdirSync(removingOf(layout)), existsSync(trashOf(layout))])
    .toEqual([[], [], false]);
});

test("a dry run says exactly what a run then does and how much it frees, and changes nothing", async () => {
  for (const trash of [true, false]) {
    const { layout, run, dryRun } = home();
    pastSession(layout, "silent", { ago: 2 * hour });
    for (const name of ["one", "two"]) pastSession(layout, name, { ago: 40 * day, said });
    const linked = pastSession(layout, "linked", { ago: 41 * day, said });
    symlinkSync("/etc", join(layout.sessions, linked, "skills"));
    pastSession(layout, "old-trash", { ago: 90 * day, said: said + said });
    await run({ trash: true, now: Date.now() - 20 * day });
    mkdirSync(join(removingOf(layout), newId(), "half"), { recursive: true });
    writeFileSync(join(layout.ops, ".restoring~999999999~abcdefgh"), "half");
    const before = everything(layout.shared);
    const now = Date.now();
    const { later, dryRun: dry, ...expected } = await dryRun({ trash, now });
    expect(everything(layout.shared)).toEqual(before);
    const { dryRun: wet, ...done } = await run({ trash, now });
    expect([dry, wet]).toEqual([true, false]);
    expect(done).toEqual(expected);
    expect(done.actions.map(({ kind }) => kind)).toEqual([
      "leftover",
      "leftover",
      "trash",
      "session",
      "session",
      "session",
      "session",
    ]);
    expect(done.freed).toBeGreaterThan(trash ? 60_000 : 160_000);
    expect(later).toBeGreaterThanOrEqual(trash ? 100_000 : 0);
    expect(await dryRun({ trash, now })).toMatchObject({ actions: [], freed: 0 });
  }
});

test("what has no room in an archive, or cannot be read, stays; all else goes on", async () => {
  const { layout, run } = home();
  const id = pastSession(layout, "holes", { ago: 40 * day, said });
  truncateSync(join(layout.sessions, id, `projects/-p/${id}.jsonl`), 2 ** 43);
  pastSession(layout, "silent", { ago: 39 * day });
  const { actions } = await run({ trash: false, now: Date.now() + 40 * day });
  actions.sort((a, b) => a.name < b.name ? -1 : 1);
  expect(actions).toMatchObject([{ name: "holes", problem: expect.stringContaining("no room to archive") }, {
    name: "silent",
  }]);
  expect(readdirSync(layout.sessions)).toEqual([id]);
  expect(readdirSync(archivesOf(layout))).toEqual([]);
  expect(find(layout, "holes").id).toBe(id);
});

test("links, pipes and whatever else is no file are not archived, and nothing is read through a link", async () => {
  const { layout, run } = home();
  const secret = join(layout.home, "secret");
  writeFileSync(secret, "secret");
  const id = pastSession(layout, "strange", { ago: 40 * day, said });
  const slug = join(layout.sessions, id, "projects/-p");
  symlinkSync(secret, join(slug, "link.jsonl"));
  symlinkSync("/etc", join(slug, "etc"));
  execFileSync("mkfifo", [join(slug, "pipe.jsonl")]);
  const { actions } = await run({ trash: false });
  expect(actions).toMatchObject([{ archived: true }]);
  expect(actions[0]!.problem).toBeUndefined();
  const archive = join(archivesOf(layout), readdirSync(archivesOf(layout))[0]!);
  const names = execFileSync("tar", ["tzf", archive], { encoding: "utf8" }).trim().split("\n");
  expect(names.filter((name) => !name.endsWith("/")).sort()).toEqual([
    `projects/-p/${id}.jsonl`,
    "session.json",
  ]);
});

test("a link where the trash, the archives or what is being removed should be leads to nothing", async () => {
  const { layout, run } = home();
  const precious = join(layout.home, "precious");
  mkdirSync(join(precious, "20200101T000000Z", newId()), { recursive: true });
  writeFileSync(join(precious, `${newId()}.old.tar.gz`), "");
  pastSession(layout, "login", { ago: 40 * day, said });
  const before = everything(precious);
  for (const place of [trashOf, archivesOf, removingOf]) symlinkSync(precious, place(layout));
  for (const trash of [true, false]) {
    await expect(run({ trash, archive: false })).rejects.toThrow("is no directory");
  }
  expect(everything(precious)).toEqual(before);
  expect(readdirSync(layout.sessions)).toHaveLength(1);
});

test("of several with one name the UUID decides; the name of a live session stays that one's", async () => {
  const { layout, run } = home();
  const ids = [41, 40].map((days) => pastSession(layout, "twin", { ago: days * day, said }));
  await run();
  expect(() => restore(layout, "twin")).toThrow("2 pruned sessions are named twin");
  const live = pastSession(layout, "twin", { ago: 0, said, live: true });
  restore(layout, ids[0]!);
  expect(readdirSync(layout.sessions).sort()).toEqual([ids[0]!, live].sort());
  expect(find(layout, "twin").id).toBe(live);
});

test("a damaged archive is named and nothing half comes back", async () => {
  const { layout, run } = home();
  const id = pastSession(layout, "cut", { ago: 40 * day, said: crypto.randomUUID().repeat(10_000) });
  await run({ trash: false });
  const archive = join(archivesOf(layout), `${id}.cut.tar.gz`);
  truncateSync(archive, Math.floor(statSync(archive).size / 2));
  expect(() => restore(layout, "cut")).toThrow(`${archive} cannot be extracted`);
  expect(readdirSync(layout.sessions)).toEqual([]);
  expect(readdirSync(layout.ops).filter((name) => name.startsWith("."))).toEqual([]);
});

test("names of runs in the trash are times, and other things there are nobody's to remove", async () => {
  expect(runName(Date.UTC(2026, 10, 21, 13, 30, 37))).toBe("20261121T133037Z");
  const { layout, run } = home();
  mkdirSync(join(trashOf(layout), "mine", newId()), { recursive: true });
  mkdirSync(join(trashOf(layout), "20200101T000000Z/mine"), { recursive: true });
  expect((await run()).actions).toEqual([]);
  rmSync(trashOf(layout), { recursive: true });
});

test("what the guard left to tell a session goes when the session has gone", async () => {
  const { layout, run } = home();
  const here = pastSession(layout, "here", { ago: hour, said });
  for (const id of [here, newId()]) mkdirSync(join(layout.notices, id), { recursive: true });
  expect((await run()).actions).toMatchObject([{ kind: "leftover", action: "remove" }]);
  expect(readdirSync(layout.notices)).toEqual([here]);
});
