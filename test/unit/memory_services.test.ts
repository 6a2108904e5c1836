import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { type Config, configOf } from "../../src/config/schema.ts";
import { brief } from "../../src/memory/brief.ts";
import { embedderOf } from "../../src/memory/embedder.ts";
import { examine, rebuildIndex } from "../../src/memory/health.ts";
import { forget } from "../../src/memory/history.ts";
import type { Origin } from "../../src/memory/memory.ts";
import { countWaiting, useOutbox, waiting } from "../../src/memory/outbox.ts";
import { save } from "../../src/memory/save.ts";
import { search } from "../../src/memory/search.ts";
import { sync } from "../../src/memory/sync.ts";
import { Database } from "../../src/store/database.ts";
import { scratch, script } from "./scratch.ts";

const origin: Origin = {
  project: "/home/ada/shop",
  branch: "main",
  session: null,
  sessionName: null,
  author: "ada",
  source: "cli",
};
const say = (database: Database, text: string, more: Partial<Origin> = {}) =>
  save(database, { ...origin, ...more }, { text });
const configured = (memory: Partial<Config["memory"]>): Config => {
  const config = configOf(new Map());
  return { ...config, memory: { ...config.memory, ...memory } };
};

async function serve(listener: RequestListener): Promise<{ url: string; close(): void }> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = () => void (server.closeAllConnections(), server.close());
  onTestFinished(close);
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close };
}

async function body(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request) text += chunk;
  return text;
}

/** A model that knows what a few words have to do with each other. */
function vectorOf(text: string): number[] {
  const subjects = [/ship|deploy|release/i, /money|invoice|tax/i, /cat|pet/i];
  return [...subjects.map((subject) => subject.test(text) ? 1 : 0), 0.01];
}

for (const kind of ["OpenAI-compatible", "Ollama"]) {
  test(`${kind}: what means the same is found too, and without the service full text goes on and says so`, async () => {
    const asked: { path: string; key: string | undefined; model: string }[] = [];
    const service = await serve(async (request, response) => {
      const { model, input } = JSON.parse(await body(request));
      asked.push({ path: request.url!, key: request.headers.authorization, model });
      const vectors: number[][] = input.map(vectorOf);
      const openai = { data: vectors.map((embedding, index) => ({ index, embedding })).reverse() };
      response.end(JSON.stringify(kind === "Ollama" ? { embeddings: vectors } : openai));
    });
    const database = new Database(scratch());
    say(database, "Gold bars leave the harbour on Friday: release train");
    say(database, "the cat sat");
    say(database, "deployments are blocked, says the cat", { branch: "other" });
    const file = `${scratch()}/key`;
    writeFileSync(file, "sk-secret\n");
    const config = configured({
      embedding_url: kind === "Ollama" ? service.url : `${service.url}/v1`,
      embedding_model: "tiny",
      ...(kind === "Ollama" ? {} : { embedding_key_file: file }),
    });
    expect(await sync(database, config, {})).toMatchObject({ embedded: 3, problems: [] });
    const ask = (query: string) =>
      search(database, query, { view: origin, limit: 10, embedder: embedderOf(config, {}) });
    expect((await ask("shipping")).hits[0]!.text).toMatch(/release train/);
    expect((await ask("pet")).hits[0]!.text).toBe("the cat sat");
    expect(new Set(asked.map((each) => JSON.stringify(each)))).toEqual(
      new Set([JSON.stringify(
        kind === "Ollama"
          ? { path: "/api/embed", model: "tiny" }
          : { path: "/v1/embeddings", key: "Bearer sk-secret", model: "tiny" },
      )]),
    );
    forget(database, 2);
    expect(database.get("SELECT count(*) count FROM memory_vectors")).toEqual({ count: 2 });
    service.close();
    const { hits, notes } = await ask("harbour");
    expect(hits.map(({ id }) => id)).toEqual([1]);
    expect(notes.join()).toMatch(/found by full text alone: 127\.0\.0\.1:\d+ did not say/);
  });
}

test("an answer that is none is a problem to tell, not a crash", async () => {
  const answers = [
    "no json",
    "{}",
    '{"embeddings":[[]]}',
    '{"data":[{"embedding":[null]}]}',
    '{"data":[{"embedding":[0,0]}]}',
  ];
  let next = 0;
  const service = await serve((_, response) => void response.end(answers[next++]));
  const database = new Database(scratch());
  say(database, "harbour");
  const embedder = embedderOf(configured({ embedding_url: service.url }), {});
  for (const _ of answers) {
    const { hits, notes } = await search(database, "harbour", { view: origin, limit: 1, embedder });
    expect(hits.length).toBe(1);
    expect(notes.join()).toMatch(/the answer/);
  }
});

test("messages go out in order for each project, are tried again, and one project does not hold up another", async () => {
  const got: string[] = [];
  const keys = new Set<string>();
  let failing = 2;
  const service = await serve(async (request, response) => {
    const { key, memory } = JSON.parse(await body(request));
    if (memory.project === origin.project && failing-- > 0) return void response.writeHead(503).end();
    keys.add(key);
    got.push(memory.text);
    response.end();
  });
  const database = new Database(scratch());
  useOutbox(database);
  for (const text of ["a1", "a2", "a3"]) say(database, text);
  for (const text of ["b1", "b2"]) say(database, text, { project: "/home/ada/blog" });
  const config = configured({ sync_url: service.url });
  expect(await sync(database, config, {})).toMatchObject({
    delivered: 2,
    waiting: 3,
    problems: [expect.stringMatching(/HTTP 503/)],
  });
  expect(waiting(database)[0]).toMatchObject({ attempts: 1, problem: expect.stringMatching(/HTTP 503/) });
  expect(await sync(database, config, {}, { patience: 10_000 })).toMatchObject({ delivered: 3, waiting: 0 });
  expect(got.filter((text) => text.startsWith("a"))).toEqual(["a1", "a2", "a3"]);
  expect(got.filter((text) => text.startsWith("b"))).toEqual(["b1", "b2"]);
  expect(keys.size).toBe(5);
});

test("a command gets each message on its stdin, and its complaint is kept with what waits", async () => {
  const directory = scratch();
  const database = new Database(directory);
  useOutbox(database);
  say(database, "first");
  forget(database, 1);
  const out = `${directory}/out`;
  const taker = script(`${directory}/take`, `[ "$1" = "a b" ] || exit 1; cat >>${out}; echo >>${out}`);
  const refuser = script(`${directory}/refuse`, "echo no room >&2; exit 7");
  expect(await sync(database, configured({ sync_command: [refuser] }), {})).toMatchObject({
    waiting: 2,
    problems: [`${refuser}: exit status 7: no room`],
  });
  expect(
    await sync(database, configured({ sync_command: [taker, "a b"] }), process.env, { everything: true }),
  ).toMatchObject({ delivered: 2 });
  const lines = readFileSync(out, "utf8").trim().split("\n").map((line) => JSON.parse(line));
  expect(lines).toMatchObject([{ kind: "saved", memory: { text: "first" } }, {
    kind: "forgotten",
    ids: [1],
  }]);
});

test("also what is saved again is told, where that brought tags or took the place of another memory", () => {
  const database = new Database(scratch());
  useOutbox(database);
  save(database, origin, { text: "first" });
  save(database, origin, { text: "second" });
  save(database, origin, { text: "First." });
  expect(countWaiting(database)).toBe(2);
  save(database, origin, { text: "First.", tags: ["rule"] });
  save(database, origin, { text: "first", replaces: 2 });
  expect(waiting(database).slice(2).map(({ message }) => JSON.parse(message))).toMatchObject([
    { kind: "saved", memory: { id: 1, tags: ["rule"] } },
    { kind: "saved", memory: { id: 1 }, replaces: 2 },
  ]);
});

test("a session is told lasting memories first, then its own branch's, and other branches' last", () => {
  const database = new Database(scratch());
  for (
    const [branch, tag] of [["main", ""], ["main", "rule"], [null, ""], [null, "rule"], ["else", "rule"], [
      "else",
      "",
    ]]
  ) {
    save(database, { ...origin, branch: branch! }, { text: `${branch} ${tag}`, tags: tag ? [tag] : [] });
  }
  const told = brief(database, { project: origin.project, branch: "main" }, 2000).split("\n").slice(1);
  expect(told.map((line) => line.replace(/.*\) /, "").trim())).toEqual(
    ["main rule", "null rule", "main", "null", "else rule", "else"],
  );
});

test("without a receiver nothing is queued", () => {
  const database = new Database(scratch());
  say(database, "x");
  expect(countWaiting(database)).toBe(0);
});

test("two sessions on two branches are each told their own progress first, and the other's as the other's", async () => {
  const database = new Database(scratch());
  say(database, "login done");
  say(database, "login in progress", { branch: "feature" });
  database.write(() => {
    for (let i = 0; i < 100; i++) say(database, `note ${i} ${"x".repeat(100)}`, { branch: "else" });
  });
  for (
    const [branch, first, other] of [["main", "login done", "login in progress"], [
      "feature",
      "login in progress",
      "login done",
    ]]
  ) {
    const view = { project: origin.project, branch: branch! };
    const told = brief(database, view, 2000);
    expect(told.length).toBeLessThanOrEqual(2000);
    expect(told.split("\n")[1]).toMatch(
      new RegExp(`^- \\[\\d+\\] \\(${branch}, \\d{4}-\\d\\d-\\d\\d\\) ${first}$`),
    );
    expect(told).not.toMatch(new RegExp(`\\(${branch}[^)]*\\) ${other}`));
    expect(told).toMatch(/OTHER BRANCH else, may not hold here/);
    const { hits } = await search(database, "login", { view, limit: 10 });
    expect(hits.map(({ text, of }) => [text, of])).toEqual([[first, "branch"], [other, "other branch"]]);
  }
  expect(brief(database, { project: "/nowhere", branch: null }, 2000)).toBe("");
});

test("an index that does not fit the texts is noticed and made anew", () => {
  const database = new Database(scratch());
  for (let i = 0; i < 50; i++) say(database, `text ${i}`);
  database.write(() => database.run("INSERT INTO memory_text (memory_text) VALUES ('delete-all')"));
  const index = () => examine(database, configured({}), {}).find(({ id }) => id === "index")!.status;
  expect(index()).toBe("failed");
  rebuildIndex(database);
  expect(index()).toBe("ok");
});

test("of a damaged file all that can be read is taken over, counted, also what no backup has", async () => {
  const directory = scratch();
  let database = new Database(directory);
  database.write(() => {
    for (let i = 0; i < 3000; i++) say(database, `memory ${i} ${"words and more ".repeat(10)}`);
  });
  const { path } = database;
  const root =
    database.get<{ rootpage: number }>("SELECT rootpage FROM sqlite_schema WHERE name = 'memory_text_data'")!
      .rootpage;
  database.all("PRAGMA wal_checkpoint(TRUNCATE)");
  const pages = database.all<{ pageno: number }>(
    "SELECT pageno FROM dbstat WHERE name = 'memories' AND pagetype = 'leaf' ORDER BY pageno",
  );
  database.close();
  const bytes = readFileSync(path);
  // Two pages of texts and the index.
  for (const page of [pages[5]!.pageno, pages[50]!.pageno, root]) {
    bytes.fill(0xff, (page - 1) * 4096, page * 4096);
  }
  writeFileSync(path, bytes);
  database = new Database(directory);
  const { hits } = await search(database, "memory 2999", { view: origin, limit: 1 });
  expect(hits.map(({ id }) => id)).toEqual([3000]);
  const { rows, complete } = database.repaired!.salvaged!.memories!;
  expect(complete).toBe(false);
  expect(rows).toBeGreaterThan(2900);
  expect(database.get("SELECT count(*) count FROM memories")).toEqual({ count: rows });
  expect(readdirSync(directory).some((name) => name.startsWith("state.db.damaged-"))).toBe(true);
  const checks = examine(database, configured({}), {});
  expect(checks.find(({ id }) => id === "restored")!.actual).toContain(`only ${rows} of memories`);
  expect(checks.filter(({ status }) => status === "failed")).toEqual([]);
});
