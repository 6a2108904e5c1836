import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { expect, onTestFinished, test } from "vitest";
import { exportNotes as exportWith } from "../../src/memory/export_notes.ts";
import { otherEditors } from "../../src/guard/editing.ts";
import { recordEdit } from "../../src/guard/guard.ts";
import { importAll } from "../../src/memory/import.ts";
import { readClaude, readPath } from "../../src/memory/import_paths.ts";
import { readJsonl, toJsonl } from "../../src/memory/jsonl.ts";
import { list } from "../../src/memory/list.ts";
import type { Origin } from "../../src/memory/memory.ts";
import { factOf } from "../../src/memory/reference_server.ts";
import { save } from "../../src/memory/save.ts";
import { identityOf } from "../../src/runtime/process.ts";
import { layoutOf } from "../../src/sessions/paths.ts";
import { Database } from "../../src/store/database.ts";
import { scratch } from "./scratch.ts";

const origin: Origin = {
  project: "/home/ada/shop",
  branch: "main",
  session: null,
  sessionName: null,
  author: "ada",
  source: "cli",
};
const fresh = () => new Database(scratch());
/** Where nobody edits a note. */
const exportNotes = (database: Database, memories: Parameters<typeof exportWith>[1], directory: string) =>
  exportWith(database, memories, directory, () => undefined);
const take = (database: Database, path: string) => importAll(database, origin, readPath(path).imported);
const everything = { replaced: true };
const notes = (directory: string) =>
  readdirSync(directory, { recursive: true }).map(String).filter((each) => each.endsWith(".md"));

/** What is the same in another database. */
const portable = (database: Database) =>
  list(database, everything, 1000).map(({ id: _id, replacedBy, source: _source, ...rest }) => ({
    ...rest,
    replaced: replacedBy !== null,
  }));

function filled(): Database {
  const database = fresh();
  const session = { session: "11111111-1111-4111-8111-111111111111", sessionName: "first" };
  save(database, { ...origin, ...session, author: "claude" }, {
    text: "login: in progress",
    tags: ["auth"],
    time: 1e12,
  });
  save(database, origin, {
    text: "login: done\n\n---\n\n# with [[a link|shown]] and `---`",
    replaces: 1,
    time: 1.1e12,
  });
  save(database, { ...origin, branch: null, project: '/srv/ünï: "x"' }, {
    text: "- a list\n- only",
    tags: ["a/b", "ü"],
  });
  save(database, origin, { text: "login: done?" });
  save(database, origin, { text: "// login: done:" });
  return database;
}

test("JSON lines bring everything back, with history", () => {
  const [from, to] = [filled(), fresh()];
  importAll(to, origin, readJsonl("x", toJsonl(list(from, everything, 1000).reverse())));
  expect(portable(to)).toEqual(portable(from));
});

test("notes bring everything back that is not history, and importing them again changes nothing", () => {
  const [from, to, vault] = [filled(), fresh(), scratch()];
  const current = list(from, {}, 1000);
  expect(exportNotes(from, current, vault)).toEqual({ written: 4, unchanged: 0, refused: [] });
  expect(new Set(notes(vault)).size).toBe(4);
  expect(take(to, vault)).toEqual({ added: 4, known: 0, replaced: 0, refused: [] });
  const byText = (database: Database) =>
    portable(database).filter(({ replaced }) => !replaced).sort((a, b) => a.text < b.text ? -1 : 1);
  expect(byText(to)).toEqual(byText(from));
  expect(take(from, vault)).toEqual({ added: 0, known: 4, replaced: 0, refused: [] });
  expect(exportNotes(from, current, vault)).toEqual({ written: 0, unchanged: 4, refused: [] });
});

test("a line that is none names itself, and nothing of the file is taken", () => {
  expect(() => readJsonl("f.jsonl", '{"text":"a"}\n\n{"text":1}\n[]\n{"text":"b","time":"soon"}\nx\n{"te'))
    .toThrow(
      'nothing was imported:\nf.jsonl:3: no text\nf.jsonl:4: no object\nf.jsonl:5: "soon" is no time\nand 2 more',
    );
});

test("lines may say project, branch, tags and time in the usual ways", () => {
  const database = fresh();
  const lines = [
    { text: "a", tags: "One, #two", project: "shop", branch: "dev", time: "2026-05-01T12:00:00Z" },
    { text: "b", time: 1777636800 },
    { text: "c", time: 1777636800000, tags: ["x y"] },
  ];
  importAll(database, origin, readJsonl("f", lines.map((each) => JSON.stringify(each)).join("\n")));
  expect(
    list(database, {}, 9).map(({ text, tags, project, branch, time }) => [text, tags, project, branch, time]),
  ).toEqual([
    ["c", ["x-y"], "/home/ada/shop", null, "2026-05-01T12:00:00.000Z"],
    ["b", [], "/home/ada/shop", null, "2026-05-01T12:00:00.000Z"],
    ["a", ["one", "two"], "shop", "dev", "2026-05-01T12:00:00.000Z"],
  ]);
});

test("an Obsidian vault: front matter and tags are understood, links kept, hidden files and links left out", () => {
  const [database, vault] = [fresh(), scratch()];
  mkdirSync(`${vault}/.obsidian`);
  writeFileSync(`${vault}/.obsidian/x.md`, "hidden");
  writeFileSync(
    `${vault}/Deploy.md`,
    "---\naliases: [Ship it]\ntags:\n  - Ops\ncreated: 2026-05-01\n---\nSee [[Runbook#Start]] #release/notes `#code`\n",
  );
  writeFileSync(`${vault}/Odd.md`, "---\nthis: [is not: yaml\n---\nbut text");
  writeFileSync(`${vault}/Rule.md`, "---\n\nonly a line");
  writeFileSync(`${vault}/Empty.md`, "---\ntags: x\n---\n");
  expect(take(database, vault)).toMatchObject({ added: 3, refused: [] });
  const found = list(database, {}, 9);
  expect(found.find(({ text }) => text.includes("Runbook"))).toMatchObject({
    text: "# Deploy\n\nSee [[Runbook#Start]] #release/notes `#code`",
    tags: ["ops", "release/notes"],
    time: "2026-05-01T00:00:00.000Z",
    source: `import:${vault}/Deploy.md`,
  });
});

test("a note keeps its place, its name and what others wrote into its front matter; there is never a second copy", () => {
  const [database, vault] = [fresh(), scratch()];
  writeFileSync(
    `${vault}/Login.md`,
    "---\n# mine\naliases: [Sign in] # both\ncssclasses: wide\n---\nin progress\n",
  );
  take(database, vault);
  const next = save(database, { ...origin, branch: null }, { text: "# Login\n\ndone", replaces: 1 }).memory;
  expect(exportNotes(database, [next], vault)).toMatchObject({ written: 1, refused: [] });
  expect(notes(vault)).toEqual(["Login.md"]);
  const content = readFileSync(`${vault}/Login.md`, "utf8");
  expect(content).toMatch(/^---\n# mine\naliases: \[ ?Sign in ?\] # both\ncssclasses: wide\nmemory-id: 2\n/);
  expect(content).toMatch(/---\n# Login\n\ndone\n$/);
  mkdirSync(`${vault}/Moved`);
  renameSync(`${vault}/Login.md`, `${vault}/Moved/Sign-in.md`);
  const last =
    save(database, { ...origin, branch: null }, { text: "# Login\n\ndone and shipped", replaces: 2 }).memory;
  expect(exportNotes(database, [last], vault)).toMatchObject({ written: 1, refused: [] });
  expect(notes(vault)).toEqual(["Moved/Sign-in.md"]);
});

test("what a person changed in a note is not written over, and replaces what it said once it is imported", () => {
  const [database, vault] = [filled(), scratch()];
  exportNotes(database, list(database, { tags: ["ü"] }, 9), vault);
  const [name] = notes(vault);
  const path = `${vault}/${name}`;
  writeFileSync(path, readFileSync(path, "utf8").replace("- only", "- only\n- and more"));
  save(database, { ...origin, branch: null, project: '/srv/ünï: "x"' }, { text: "no list", replaces: 3 });
  expect(exportNotes(database, list(database, { project: '/srv/ünï: "x"' }, 9), vault).refused).toEqual([
    { where: path, why: "it was changed there; import it first" },
  ]);
  expect(take(database, vault)).toMatchObject({ replaced: 1, added: 0 });
  expect(list(database, { project: '/srv/ünï: "x"' }, 9).map(({ text }) => text)).toEqual([
    "- a list\n- only\n- and more",
  ]);
});

test("a note that another process has open for writing is left alone, one that is read is not", async () => {
  const [database, vault] = [fresh(), scratch()];
  writeFileSync(`${vault}/a.md`, "one");
  take(database, vault);
  const next = save(database, { ...origin, branch: null }, { text: "two", replaces: 1 }).memory;
  const holder = spawn("sh", ["-c", 'exec 3>>"$0"; echo ready; read line', `${vault}/a.md`]);
  onTestFinished(() => void holder.kill("SIGKILL"));
  await once(holder.stdout, "data");
  expect(exportNotes(database, [next], vault).refused).toEqual([
    { where: `${vault}/a.md`, why: `sh (process ${holder.pid}) has it open for writing` },
  ]);
  expect(readFileSync(`${vault}/a.md`, "utf8")).toBe("one");
  holder.kill("SIGKILL");
  await once(holder, "close");
  const reader = spawn("sh", ["-c", 'exec 3<"$0"; echo ready; read line', `${vault}/a.md`]);
  onTestFinished(() => void reader.kill("SIGKILL"));
  await once(reader.stdout, "data");
  expect(exportNotes(database, [next], vault)).toMatchObject({ written: 1 });
});

test("a note that another session edits is left alone by the guard's word, its own is not", async () => {
  const [database, vault, home] = [fresh(), scratch(), scratch()];
  const layout = layoutOf({ HOME: home });
  mkdirSync(layout.ops, { recursive: true });
  writeFileSync(`${vault}/a.md`, "one");
  take(database, vault);
  const next = save(database, { ...origin, branch: null }, { text: "two", replaces: 1 }).memory;
  const child = spawn("sleep", ["600"]);
  onTestFinished(() => void child.kill("SIGKILL"));
  recordEdit(layout, { name: "apple", identity: identityOf(child.pid!)! }, `${vault}/a.md`);
  const write = async (env: Record<string, string>) =>
    exportWith(database, [next], vault, await otherEditors(layout, { HOME: home, ...env }, vault));
  const refused = [{ where: `${vault}/a.md`, why: "session apple is editing it" }];
  expect(await write({})).toEqual({ written: 0, unchanged: 0, refused });
  expect(await write({ CLAUDE_PID: `${process.pid}` })).toMatchObject({ refused });
  expect(readFileSync(`${vault}/a.md`, "utf8")).toBe("one");
  expect(await write({ CLAUDE_PID: `${child.pid}` })).toMatchObject({ written: 1, refused: [] });
});

test("the file of the MCP reference memory server comes back as it was", () => {
  const database = fresh();
  const facts = [
    {
      type: "entity",
      name: "Ada",
      entityType: "person",
      observations: ["speaks French", "two\nlines", "- dash"],
    },
    { type: "entity", name: "odd]] (x)\nname", entityType: "a(b)", observations: [] },
    { type: "relation", from: "Ada", to: "shop", relationType: "works on" },
    { type: "relation", from: "a]] b [[c", to: "d\n", relationType: "" },
  ];
  importAll(
    database,
    origin,
    readJsonl("memory.jsonl", facts.map((each) => JSON.stringify(each)).join("\n")),
  );
  expect(list(database, {}, 9).map(factOf).reverse()).toEqual(facts);
  expect(list(database, { tags: ["entity"] }, 9).at(-1)!.text).toBe(
    "[[Ada]] (person)\n- speaks French\n- two\n  lines\n- - dash",
  );
});

test("what Claude Code remembers by itself is taken over with its project", () => {
  const home = scratch();
  const layout = layoutOf({ HOME: home });
  const project = `${home}/shop`;
  mkdirSync(`${project}/.git`, { recursive: true });
  const session = "22222222-2222-4222-8222-222222222222";
  const slug = `${layout.sessions}/${session}/projects/-home-shop`;
  mkdirSync(`${slug}/memory`, { recursive: true });
  writeFileSync(`${slug}/memory/MEMORY.md`, "# Index\n\n- tests run with vitest\n");
  writeFileSync(
    `${slug}/33333333-3333-4333-8333-333333333333.jsonl`,
    `{"type":"mode"}\n{"type":"user","cwd":${JSON.stringify(project)}}\n`,
  );
  mkdirSync(`${layout.shared}/projects/-gone/memory`, { recursive: true });
  writeFileSync(`${layout.shared}/projects/-gone/memory/a.md`, "x");
  const { imported, refused } = readClaude(layout, [session]);
  expect(refused).toEqual([
    {
      where: `${layout.shared}/projects/-gone/memory`,
      why: "no conversation beside it tells which project it is of",
    },
  ]);
  const database = fresh();
  importAll(database, origin, imported);
  expect(list(database, {}, 9)).toMatchObject([{
    text: "# Index\n\n- tests run with vitest",
    author: "claude",
    project,
  }]);
});
