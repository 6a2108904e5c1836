import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { UsageFailure } from "../../src/errors.ts";
import { forget, history } from "../../src/memory/history.ts";
import { list } from "../../src/memory/list.ts";
import { mergeIndex } from "../../src/memory/merge_index.ts";
import type { Origin } from "../../src/memory/memory.ts";
import { save } from "../../src/memory/save.ts";
import { search } from "../../src/memory/search.ts";
import { Database } from "../../src/store/database.ts";
import { scratch } from "./scratch.ts";

const origin: Origin = {
  project: "/home/ada/shop",
  branch: "main",
  session: "11111111-1111-4111-8111-111111111111",
  sessionName: "first",
  author: "ada",
  source: "cli",
};

function memories(...texts: string[]) {
  const database = new Database(scratch());
  for (const text of texts) save(database, origin, { text });
  const find = async (query: string, more: Partial<Parameters<typeof search>[2]> = {}) =>
    (await search(database, query, { view: origin, limit: 10, ...more })).hits.map(({ text }) => text);
  return { database, find };
}

test("accents, case and forms of a word do not matter", async () => {
  const { find } = memories("The café's menus were translated", "Nothing of the kind");
  for (const query of ["cafe", "CAFÉ", "menu", "translating", "translation"]) {
    expect(await find(query), query).toEqual(["The café's menus were translated"]);
  }
});

test("an identifier is found however it is spelled, and by its parts", async () => {
  const spellings = ["getUserName", "get_user_name", "get-user-name"];
  const { find } = memories(...spellings.map((each) => `see ${each} in the code`), "the HTTPServer class");
  for (const query of spellings) expect((await find(query)).length, query).toBe(3);
  expect((await find("user name")).length).toBe(3);
  expect(await find("server")).toEqual(["the HTTPServer class"]);
});

test("a path is found whole, by its end and by a part", async () => {
  const { find } = memories("settings are read in src/config/loadSettings.ts", "other");
  for (const query of ["src/config/loadSettings.ts", "loadSettings.ts", "config/", "settings"]) {
    expect(await find(query), query).toEqual(["settings are read in src/config/loadSettings.ts"]);
  }
});

test("text without spaces between words is found by a part of it", async () => {
  const { find } = memories("登录功能已经完成", "支付还没有开始");
  expect(await find("登录")).toEqual(["登录功能已经完成"]);
});

test("phrases, begun words, either, without, and filters in the query", async () => {
  const { find, database } = memories("red green blue", "green red", "authentication works", "yellow");
  save(database, origin, { text: "blue sky", tags: ["#Weather Report"] });
  expect(await find('"red green"')).toEqual(["red green blue"]);
  for (const query of ["auth*", "authentica*", "authentication*"]) {
    expect(await find(query), query).toEqual(["authentication works"]);
  }
  expect((await find("yellow OR sky")).sort()).toEqual(["blue sky", "yellow"]);
  expect(await find("red -blue")).toEqual(["green red"]);
  expect(await find("red NOT blue")).toEqual(["green red"]);
  expect(await find("tag:weather-report")).toEqual(["blue sky"]);
  expect(await find("blue tag:weather-report")).toEqual(["blue sky"]);
  expect(await find("red branch:other")).toEqual([]);
  expect(await find("yellow since:1h")).toEqual(["yellow"]);
  expect(await find("yellow before:1h")).toEqual([]);
  await expect(find("yellow since:yesterday")).rejects.toThrow(/"yesterday" is no time/);
});

test("what has all words comes before what has some, and a word that is mistyped is guessed", async () => {
  const { database, find } = memories(
    "the invoice is printed twice, invoice invoice",
    "the invoice goes out by mail",
    "unrelated",
  );
  expect(await find("invoice mail")).toEqual([
    "the invoice goes out by mail",
    "the invoice is printed twice, invoice invoice",
  ]);
  const { notes, hits } = await search(database, "invocie", { view: origin, limit: 10 });
  expect(hits.length).toBe(2);
  expect(notes.join()).toMatch(/nothing has invocie; looked for invoic/);
});

test("the part that fits is shown with the words marked", async () => {
  const long = `${"filler ".repeat(200)} the needle is here ${"filler ".repeat(200)}`;
  const { database } = memories(long);
  const { hits } = await search(database, "needles", { view: origin, limit: 10, marks: ["<", ">"] });
  expect(hits[0]!.snippet).toMatch(/^….*the <needle> is here.*…$/);
});

test("the own branch comes first, and what is another's is said", async () => {
  const { database } = memories();
  const feature = { ...origin, branch: "feature" };
  for (let i = 0; i < 200; i++) save(database, { ...origin, branch: `b${i}` }, { text: `login ${i}` });
  save(database, feature, { text: "login is in progress, the form is there and the rest has to be written" });
  save(database, origin, { text: "login done" });
  const first = async (view: Origin) => (await search(database, "login", { view, limit: 2 })).hits;
  expect((await first(feature)).map(({ of, branch }) => `${of} ${branch}`)[0]).toBe("branch feature");
  expect((await first(origin)).map(({ of, text }) => `${of} ${text}`)[0]).toBe("branch login done");
  expect((await first(origin))[1]!.of).toBe("other branch");
});

test("the few memories that a filter leaves are found among hundreds that fit better", async () => {
  const { database, find } = memories(
    "the login of the shop has a form, and much more to tell than the others have",
  );
  const elsewhere = { ...origin, project: "/home/ada/blog" };
  for (let i = 0; i < 300; i++) save(database, elsewhere, { text: `login ${i}` });
  expect((await find("login")).length).toBe(1);
  save(database, origin, { text: "login works", tags: ["done"] });
  expect((await find("login")).length).toBe(2);
  expect(await find("login tag:done")).toEqual(["login works"]);
  expect((await find("login", { everywhere: true, limit: 200 })).length).toBe(200);
});

test("the index is one part again after many saves, and has all", async () => {
  const { database, find } = memories(...Array.from({ length: 12 }, (_, i) => `login number${i}`));
  const parts = () => database.all("SELECT DISTINCT segid FROM memory_text_idx").length;
  expect(parts()).toBeGreaterThan(6);
  mergeIndex(database);
  expect(parts()).toBe(1);
  expect((await find("login", { limit: 20 })).length).toBe(12);
  expect(await find("number7")).toEqual(["login number7"]);
});

test("other projects are looked at only when the own one has nothing, and that is said", async () => {
  const { database } = memories("webpack is used");
  save(database, { ...origin, project: "/home/ada/blog" }, { text: "vite is used" });
  const view = { project: "/home/ada/blog", branch: "main" };
  const asked = (query: string) => search(database, query, { view, limit: 10 });
  expect((await asked("used")).hits.map(({ text }) => text)).toEqual(["vite is used"]);
  const { hits, notes } = await asked("webpack");
  expect(hits.map(({ of }) => of)).toEqual(["other project"]);
  expect(notes).toEqual(["nothing in this project; these are of others"]);
  expect((await asked("used project:shop")).hits.map(({ text }) => text)).toEqual(["webpack is used"]);
});

test("a duplicate is recognised and gives its tags to the first", () => {
  const { database } = memories("Use pnpm, not npm.");
  const again = save(database, origin, { text: "  use PNPM,\n not npm", tags: ["tools"] });
  expect(again.duplicate).toBe(true);
  expect(list(database, {}, 10)).toEqual([again.memory]);
  expect(again.memory).toMatchObject({ text: "Use pnpm, not npm.", tags: ["tools"] });
  expect(save(database, { ...origin, branch: "other" }, { text: "Use pnpm, not npm." }).duplicate).toBe(
    false,
  );
});

test("a replaced memory is history: kept, not found, and not replaced twice", async () => {
  const { database, find } = memories("login is in progress");
  const { memory } = save(database, origin, { text: "login works", replaces: 1 });
  expect(await find("login")).toEqual(["login works"]);
  expect((await find("login", { filter: { replaced: true } })).length).toBe(2);
  expect(history(database, 1).map(({ id, replacedBy }) => [id, replacedBy])).toEqual([[1, memory.id], [
    memory.id,
    null,
  ]]);
  expect(() => save(database, origin, { text: "login fails", replaces: 1 })).toThrow(
    /was replaced by 2 meanwhile/,
  );
  expect(() => save(database, origin, { text: "x", replaces: 99 })).toThrow(/there is no memory 99/);
  expect(await find("fails")).toEqual([]);
});

test("what is forgotten is nowhere any more, its history neither", async () => {
  const { database, find } = memories("the password is hunter2", "other");
  save(database, origin, { text: "the password is hunter3", replaces: 1 });
  expect(forget(database, 3).map(({ id }) => id)).toEqual([1, 3]);
  expect(await find("password", { filter: { replaced: true } })).toEqual([]);
  expect(database.all("SELECT * FROM memory_vocabulary WHERE term LIKE 'hunter%'")).toEqual([]);
  expect(() => forget(database, 3)).toThrow(/there is no memory 3/);
  database.close();
  expect(readFileSync(database.path).includes("hunter")).toBe(false);
});

test("whatever is typed gives an answer or a clear word", async () => {
  const { find } = memories("login works", "AND OR NOT NEAR", 'say "hi"');
  const signs = [
    ..."\"'*-:()^{}[]+~|&\\/%$#@!?.,;<>=`",
    "AND",
    "OR",
    "NOT",
    "NEAR(",
    "tag:",
    "text:",
    "since:",
    "rowid",
    "login",
    "é",
    "登",
    "\0",
    "\ud800",
    "\n",
    " ",
    "🦀",
    "0",
  ];
  let seed = 7;
  const random = (below: number) => (seed = (seed * 1103515245 + 12345) % 2 ** 31) % below;
  for (let round = 0; round < 3000; round++) {
    const query = Array.from({ length: 1 + random(8) }, () => signs[random(signs.length)]).join(
      random(2) ? "" : " ",
    );
    try {
      await find(query);
    } catch (error) {
      if (!(error instanceof UsageFailure)) throw new Error(`${JSON.stringify(query)}: ${error}`);
    }
  }
  await find("word ".repeat(20_000));
  await find('"'.repeat(999) + "login");
  await expect(find("")).rejects.toThrow("nothing to search for");
  await expect(find("*** ???")).rejects.toThrow('no word to search for in "*** ???"');
  await expect(find("-login")).rejects.toThrow("only words to leave out were given");
});
