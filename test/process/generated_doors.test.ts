import { spawn, spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { forAll, steering } from "../unit/generated.ts";
import { scratch } from "../unit/scratch.ts";
import { binary, liveSession, serving } from "./live_session.ts";

// What Claude Code, a model or a broken client may say to the hooks and to the MCP server.

const COUNT = process.env.CLAUDE_OPS_TEST_FULL ? 2000 : 60;

const beside = (home: string) => readdirSync(home).filter((name) => name !== ".claude" && name !== ".cache");

test(`of ${COUNT} inputs of a hook each is decided or let through with a word, with 0 and without a trace`, async () => {
  const home = scratch();
  const { env } = liveSession(home, "apple");
  const input = {
    ...{
      session_id: "i",
      transcript_path: "/t",
      cwd: home,
      hook_event_name: "PreToolUse",
      source: "startup",
    },
    ...{
      tool_name: "Edit",
      tool_input: { file_path: `${home}/f`, command: "git checkout -- x", content: "c" },
    },
  };
  const events = ["PreToolUse", "PostToolUse", "PostToolUseFailure", "SessionStart", "SessionEnd"];
  await forAll((make) => {
    const text = JSON.stringify(
      make.like({ ...input, tool_name: make.one(["Edit", "Write", "Bash", make.text()]) }),
    );
    const event = make.below(10) ? make.one(events) : make.text().replaceAll("\0", "");
    const stdin = make.below(3) ? text : make.damaged(text);
    const { status, stdout, stderr } = spawnSync(binary, ["hook", event], {
      env,
      cwd: home,
      input: stdin,
      encoding: "utf8",
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).not.toMatch(/\bat .*:\d+:\d+|this is a bug/);
    if (stdout !== "") expect(JSON.parse(stdout)).toBeTypeOf("object");
  }, COUNT);
  expect(beside(home)).toEqual([]);
});

test(`of ${COUNT * 5} calls of the MCP server's tools each has a result or a reason, which no command shows raw`, async () => {
  const home = scratch();
  const { env } = liveSession(home, "apple");
  const client = await serving(env);
  const { tools } = await client.listTools();
  await forAll(async (make) => {
    const { name, inputSchema } = make.one(tools);
    const args: Record<string, unknown> = {};
    for (
      const [key, { type, enum: some }] of Object.entries(
        (inputSchema.properties ?? {}) as Record<string, { type?: string; enum?: string[] }>,
      )
    ) {
      if (make.below(5) === 0 && !inputSchema.required?.includes(key)) continue;
      const right = some
        ? make.one(some)
        : type === "string"
        ? make.text()
        : type === "array"
        ? [make.text()]
        : make.below(4);
      args[key] = make.below(8) === 0 ? make.value() : right;
      if (/wait|timeout|seconds/.test(key)) args[key] = 0;
      // Where to is the caller's to say; all else writes nowhere but in ~/.claude.
      if (/^(path|directory)$/.test(key)) args[key] = join(home, ".cache/out");
    }
    const { content } = await client.callTool({ name, arguments: args }).catch((error) => ({
      content: [{ text: String(error) }],
    }));
    const text = (content as { text: string }[])[0]!.text;
    expect(text, `${name} ${JSON.stringify(args)}`).not.toMatch(/bug of claude-ops|\bat .*:\d+:\d+/);
  }, COUNT * 5);
  expect((await client.listTools()).tools).toHaveLength(tools.length);
  expect(beside(home)).toEqual([]);
  const commands = [
    "claims",
    "lock list",
    "queue list",
    "handoff list",
    "state list",
    "events",
    "health",
    "progress show",
  ];
  for (const words of commands) {
    const { stdout, stderr } = spawnSync(binary, words.split(" "), { env, cwd: home, encoding: "utf8" });
    expect(steering(stdout + stderr), words).toEqual([]);
    expect(stderr, words).not.toContain("this is a bug");
  }
});

test(`of ${COUNT} lines that are no request none ends the MCP server`, async () => {
  const { env } = liveSession(scratch(), "apple");
  const server = spawn(binary, ["mcp"], { env, stdio: ["pipe", "pipe", "pipe"] });
  const said = { out: "", err: "" };
  server.stdout.on("data", (data) => said.out += data);
  server.stderr.on("data", (data) => said.err += data);
  const call = {
    jsonrpc: "2.0",
    id: 1,
    method: "tools/call",
    params: { name: "claim", arguments: { name: "x" } },
  };
  await forAll((make) => {
    const text = JSON.stringify(make.like(call));
    server.stdin.write(`${make.below(2) ? text : make.damaged(text)}\n`);
  }, COUNT);
  const hello = { protocolVersion: "2025-06-18", capabilities: {}, clientInfo: { name: "t", version: "1" } };
  server.stdin.write(
    `\n${JSON.stringify({ jsonrpc: "2.0", id: "last", method: "initialize", params: hello })}\n`,
  );
  await expect.poll(() => said.out, { timeout: 10_000 }).toContain('"id":"last"');
  server.stdin.end();
  expect(await new Promise((done) => server.on("close", done))).toBe(0);
  expect(said.err).not.toMatch(/\bat .*:\d+:\d+/);
});
