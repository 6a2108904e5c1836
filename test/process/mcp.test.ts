import { spawn } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { expect, onTestFinished, test } from "vitest";
import { recordEdit } from "../../src/guard/guard.ts";
import { ownHolder } from "../../src/guard/holder.ts";
import { identityOf } from "../../src/runtime/process.ts";
import { enlist } from "../../src/sessions/live.ts";
import { ensureLayout, layoutOf } from "../../src/sessions/paths.ts";
import { createRecord } from "../../src/sessions/record.ts";
import { scratch } from "../unit/scratch.ts";

const binary = resolve("dist/claude-ops");

/** A live session's config dir; `sleep` plays its Claude Code. */
function session(home: string, name: string) {
  const layout = layoutOf({ HOME: home });
  ensureLayout(layout);
  const child = spawn("sleep", ["600"], { cwd: home, stdio: "ignore" });
  const ended = new Promise<void>((done) => child.on("close", () => done()));
  const kill = () => (process.kill(child.pid!, "SIGKILL"), ended);
  onTestFinished(() => child.exitCode === null && child.signalCode === null ? kill() : undefined);
  const id = crypto.randomUUID();
  const config = join(layout.sessions, id);
  mkdirSync(config);
  const place = {
    project: home,
    cwd: home,
    claude: { path: "/bin/true" },
    createdAt: new Date().toISOString(),
  };
  createRecord(config, { format: 1, id, name, identity: identityOf(child.pid!)!, ...place });
  enlist(layout, id);
  return { name, config, kill };
}

/** The server as Claude Code starts it for a session, and the SDK's own client. */
async function serve(home: string, { config }: { config: string }) {
  const env = { HOME: home, PATH: "/usr/bin:/bin", CLAUDE_CONFIG_DIR: config, CLAUDE_PROJECT_DIR: home };
  const transport = new StdioClientTransport({ command: binary, args: ["mcp"], env });
  const client = new Client({ name: "test", version: "1" });
  await client.connect(transport);
  onTestFinished(() => client.close());
  const call = async (name: string, args: Record<string, unknown> = {}) => {
    const { content, isError } = await client.callTool({ name, arguments: args });
    const text = (content as { text?: string }[])[0]?.text ?? "";
    return isError ? { error: text } : JSON.parse(text);
  };
  return { client, call };
}

test(
  "of two sessions one gets a claim and a lock, the other is told who and what to do, until the first is killed",
  async () => {
    const home = scratch();
    const [apple, pear] = [session(home, "apple"), session(home, "pear")];
    const [one, other] = [await serve(home, apple), await serve(home, pear)];
    expect(await one.call("claim", { name: "issue:15" })).toMatchObject({ granted: true });
    expect(await other.call("claim", { name: "issue:15" })).toMatchObject({
      granted: false,
      by: "apple",
      advice: expect.stringContaining("take something else"),
    });
    expect(await one.call("acquire_lock", { name: "end" })).toMatchObject({ granted: true });
    expect(await other.call("acquire_lock", { name: "end", timeout: 0 })).toMatchObject({
      granted: false,
      by: "apple",
    });
    expect(await other.call("release_lock", { name: "end" })).toMatchObject({ released: false, by: "apple" });
    expect(await other.call("who_is_here")).toMatchObject({
      you: "pear",
      others: [{ name: "apple", level: "risky" }],
    });
    const { contents } = await other.client.readResource({ uri: "claude-ops://who-is-here" });
    expect(JSON.stringify(contents)).toContain("apple");
    await apple.kill();
    expect(await other.call("claim", { name: "issue:15" })).toMatchObject({ granted: true });
    expect(await other.call("acquire_lock", { name: "end", timeout: 0 })).toMatchObject({ granted: true });
    expect(await other.call("release_all")).toMatchObject({
      grants: [{ name: "issue:15" }, { name: "end" }],
    });
  },
  30_000,
);

test(
  "state is compared and set, tasks and handoffs are taken once, and everything is in the events",
  async () => {
    const home = scratch();
    const [one, other] = [
      await serve(home, session(home, "apple")),
      await serve(home, session(home, "pear")),
    ];
    const value = { scope: "project:shop", key: "plan" };
    const { version } = await one.call("set_state", { ...value, value: [1], ifVersion: 0 });
    expect(await other.call("get_state", value)).toMatchObject({ value: [1], version, by: "apple" });
    expect(await other.call("set_state", { ...value, value: [2], ifVersion: version })).toMatchObject({
      changed: true,
    });
    expect(await one.call("set_state", { ...value, value: [3], ifVersion: version })).toMatchObject({
      changed: false,
      current: { value: [2] },
      advice: expect.stringContaining("merge"),
    });
    const { id } = await one.call("push_task", { queue: "q", task: { test: "a" } });
    expect(await other.call("claim_task", { queue: "q" })).toMatchObject({ id, value: { test: "a" } });
    expect(await one.call("claim_task", { queue: "q" })).toMatchObject({ empty: true });
    expect((await one.call("complete_task", { id })).error).toContain("What to do:");
    expect(await other.call("complete_task", { id, result: "fine" })).toMatchObject({ id, status: "done" });
    await one.call("hand_over", { topic: "issue:1", message: "half done", next: ["test it"] });
    expect((await other.call("list_handoffs")).handoffs).toMatchObject([{
      topic: "issue:1",
      message: "half done",
    }]);
    expect(await other.call("pick_up", { topic: "issue:1" })).toMatchObject({
      handoff: { next: ["test it"] },
    });
    expect(await one.call("pick_up", { topic: "issue:1" })).toMatchObject({ none: true });
    await one.call("set_progress", { topic: "issue:1", percent: 50 });
    expect(await other.call("get_progress", { topic: "issue:1" })).toMatchObject({
      percent: 50,
      by: "apple",
    });
    const { events } = await one.call("recent_events");
    expect(events.map(({ type }: { type: string }) => type)).toContain("picked-up");
  },
  30_000,
);

test("memories are kept, replaced, shown, written as notes, taken back from them and forgotten", async () => {
  const home = scratch();
  const [apple, pear] = [session(home, "apple"), session(home, "pear")];
  const [one, other] = [await serve(home, apple), await serve(home, pear)];
  const { id } = await one.call("memory_save", { text: "login is in progress", tags: ["progress"] });
  const { id: next } = await other.call("memory_save", { text: "login is done", replaces: id });
  const { memories } = await one.call("memory_list");
  expect(memories).toMatchObject([{ id: next, text: "login is done", by: "pear" }]);
  expect(await one.call("memory_show", { id })).toMatchObject({
    text: "login is in progress",
    replacedBy: next,
  });
  expect(JSON.stringify(await one.call("memory_history", { id: next }))).toContain("login is in progress");

  const directory = "notes";
  expect(await one.call("memory_export", { directory })).toEqual({ written: 1, unchanged: 0, refused: [] });
  const [name] = readdirSync(join(home, directory), { recursive: true }).map(String).filter((name) =>
    name.endsWith(".md")
  );
  const note = join(home, directory, name!);
  // A note that another session edits is not written over.
  await other.call("memory_save", { text: "login is done and shipped", replaces: next });
  const layout = layoutOf({ HOME: home });
  recordEdit(layout, ownHolder(layout, { CLAUDE_CONFIG_DIR: pear.config })!, note);
  expect(await one.call("memory_export", { directory })).toMatchObject({
    written: 0,
    refused: [{ where: note, why: "session pear is editing it" }],
  });
  await pear.kill();
  expect(await one.call("memory_export", { directory })).toMatchObject({ written: 1, refused: [] });
  writeFileSync(note, readFileSync(note, "utf8").replace("shipped", "shipped on Monday"));
  expect(await one.call("memory_import", { path: directory })).toMatchObject({ replaced: 1, refused: [] });
  const found = await one.call("memory_search", { query: "monday" });
  expect(JSON.stringify(found)).toContain("shipped on");
  const { memories: last } = await one.call("memory_list");
  expect(last).toHaveLength(1);
  await one.call("memory_forget", { id: last[0].id });
  expect((await one.call("memory_list")).memories).toEqual([]);
  expect((await one.call("memory_show", { id })).error).toContain(`${id}`);
}, 30_000);

test("what one session says, and which scopes there are, the other one sees", async () => {
  const home = scratch();
  const [one, other] = [await serve(home, session(home, "apple")), await serve(home, session(home, "pear"))];
  await one.call("log_event", { type: "deployed", message: "to staging" });
  expect((await other.call("recent_events")).events).toMatchObject([{
    type: "deployed",
    message: "to staging",
  }]);
  for (const key of ["a", "b"]) await one.call("set_state", { scope: "project:shop", key, value: key });
  await other.call("delete_state", { scope: "project:shop", key: "a" });
  expect(await one.call("get_state", { scope: "project:shop", key: "a" })).toMatchObject({ value: null });
  expect(JSON.stringify(await other.call("list_state_scopes", { pattern: "project:*" }))).toContain(
    "project:shop",
  );
  const { contents } = await other.client.readResource({ uri: "claude-ops://held" });
  expect(contents).toHaveLength(1);
}, 30_000);

test("the names of the older coordinator work with the same meaning", async () => {
  const home = scratch();
  const { call } = await serve(home, session(home, "apple"));
  expect(await call("sign_on", { session_id: "claude_1" })).toMatchObject({ session_id: "claude_1" });
  await call("store_data", { scope: "session:claude_1", key: "current_issue", value: 15 });
  await call("store_data", { scope: "issue:15", key: "claimed_by", value: "claude_1" });
  expect(await call("list_scopes", { pattern: "session:*" })).toEqual({ scopes: ["session:claude_1"] });
  expect(await call("retrieve_data", { scope: "issue:15", key: "claimed_by" })).toEqual({
    value: "claude_1",
  });
  expect(await call("retrieve_data", { scope: "issue:15", key: "nothing" })).toEqual({ value: null });
  expect(await call("delete_data", { scope: "issue:15", key: "claimed_by" })).toEqual({ deleted: true });
  expect(await call("sign_off")).toMatchObject({ session_id: "claude_1" });
  expect(await call("delete_scope", { scope: "session:claude_1" })).toEqual({ deleted: 1 });
}, 30_000);

test("what is wrong is said so that it can be mended, and the server goes on", async () => {
  const home = scratch();
  const { call, client } = await serve(home, session(home, "apple"));
  expect((await call("claim", { name: " spaces " })).error).toMatch(
    /spaces around it.*What to do: use a word such as/,
  );
  expect((await call("claim", {})).error).toContain("name");
  expect((await call("complete_task", { id: 99 })).error).toContain("99");
  expect((await call("release_files", { files: ["nothing.ts"] })).error).toContain("nobody holds");
  await expect(client.callTool({ name: "no_such_tool", arguments: {} })).rejects.toThrow();
  const { tools } = await client.listTools();
  expect(tools.length).toBeGreaterThan(30);
  for (const { name, description } of tools) expect(description!.length, name).toBeLessThan(200);
  expect(JSON.stringify(tools).length).toBeLessThan(20_000);
}, 30_000);

test("an unknown first question is answered at once, and the server ends with stdin", async () => {
  const child = spawn(binary, ["mcp"], { env: { HOME: scratch(), PATH: "/usr/bin:/bin" }, stdio: "pipe" });
  const ended = new Promise<number | null>((done) => child.on("close", done));
  const answer = new Promise<string>((done) => child.stdout.once("data", (data) => done(String(data))));
  child.stdin.write('{"jsonrpc":"2.0","id":1,"method":"server/discover"}\n');
  expect(JSON.parse(await answer)).toMatchObject({ id: 1 });
  child.stdin.end();
  expect(await ended).toBe(0);
});
