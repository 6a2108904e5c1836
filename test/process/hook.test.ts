import { spawn } from "node:child_process";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { claim } from "../../src/coordination/claims.ts";
import { handOver } from "../../src/coordination/handoff.ts";
import { ownerOfProcess } from "../../src/coordination/owner.ts";
import { save } from "../../src/memory/save.ts";
import { identityOf } from "../../src/runtime/process.ts";
import { selfCommand } from "../../src/runtime/self.ts";
import { enlist } from "../../src/sessions/live.ts";
import { ensureLayout, layoutOf } from "../../src/sessions/paths.ts";
import { createRecord, readRecord, type SessionRecord } from "../../src/sessions/record.ts";
import { Database } from "../../src/store/database.ts";
import { scratch } from "../unit/scratch.ts";

/** A home with live sessions: this very process plays all of them. */
function host(...names: string[]) {
  const home = scratch();
  const layout = layoutOf({ HOME: home });
  ensureLayout(layout);
  const ids = names.map((name, i) => {
    const id = `01900000-0000-7000-8000-00000000000${i}`;
    mkdirSync(join(layout.sessions, id));
    createRecord(join(layout.sessions, id), {
      format: 1,
      id,
      name,
      project: home,
      cwd: home,
      identity: identityOf(process.pid)!,
      claude: { path: "/bin/true" },
      createdAt: new Date().toISOString(),
    });
    enlist(layout, id);
    return id;
  });
  return { home, layout, ids };
}

interface Answer {
  status: number | null;
  stderr: string;
  said: string;
  // deno-lint-ignore no-explicit-any
  output: any;
}

/** Runs `claude-ops hook EVENT` as Claude Code would in that session. */
function hook(event: string, home: string, id: string | undefined, stdin: string): Promise<Answer> {
  const [program, ...args] = [...selfCommand(), "hook", event];
  const env: Record<string, string> = {
    HOME: home,
    PATH: "/usr/bin:/bin",
    CLAUDE_PID: String(process.pid),
    ...(id && { CLAUDE_CONFIG_DIR: `${home}/.claude/sessions/${id}` }),
  };
  if (process.env.HOME) env.DENO_DIR = process.env.DENO_DIR ?? join(process.env.HOME, ".cache/deno");
  const child = spawn(program!, args, { env, cwd: home, stdio: ["pipe", "pipe", "pipe"] });
  const text = { said: "", stderr: "" };
  child.stdout.on("data", (data) => text.said += data);
  child.stderr.on("data", (data) => text.stderr += data);
  child.stdin.on("error", () => {}); // it may have ended without reading all
  child.stdin.end(stdin);
  return new Promise((resolve) =>
    child.on(
      "close",
      (status) => resolve({ status, ...text, output: text.said === "" ? undefined : JSON.parse(text.said) }),
    )
  );
}

const edit = (path: string, more: object = {}) =>
  JSON.stringify({ cwd: "/", tool_name: "Edit", tool_input: { file_path: path }, ...more });

test("of eight sessions whose hooks run at the same instant one may edit, the others are told which", async () => {
  const { home, ids } = host(..."abcdefgh");
  const path = join(home, "file");
  const answers = await Promise.all(ids.map((id) => hook("PreToolUse", home, id, edit(path))));
  expect(answers.map(({ status }) => status)).toEqual(ids.map(() => 0));
  const winner = answers.findIndex(({ output }) => output === undefined);
  const name = "abcdefgh"[winner];
  const others = answers.filter((_, i) => i !== winner).map(({ output }) => output.hookSpecificOutput);
  for (const other of others) {
    expect(other).toMatchObject({ hookEventName: "PreToolUse", permissionDecision: "deny" });
    expect(other.permissionDecisionReason).toContain(`session ${name} is editing ${path}`);
  }
  // Who was told and tries again is asked.
  const again = await hook("PreToolUse", home, ids[winner === 0 ? 1 : 0], edit(path));
  expect(again.output.hookSpecificOutput).toMatchObject({ permissionDecision: "ask" });
});

test("what a hook cannot read or decide goes through with 0, and is said to this session and the others", async () => {
  const { home, layout, ids } = host("apple", "pear");
  const path = join(home, "file");
  await hook("PreToolUse", home, ids[1], edit(path));
  const bucket = readdirSync(layout.held).find((name) => name.endsWith(".json"))!;
  writeFileSync(join(layout.held, bucket), "\0\0");
  const damaged = await hook("PreToolUse", home, ids[0], edit(path));
  expect(damaged).toMatchObject({ status: 0, stderr: "" });
  expect(damaged.output.systemMessage).toContain(
    `could not check the edit of ${path} against other sessions`,
  );
  expect(damaged.output.hookSpecificOutput.permissionDecision).toBeUndefined();
  expect(damaged.output.hookSpecificOutput.additionalContext).toContain("let it through");
  const heard = await hook("PreToolUse", home, ids[1], edit(join(home, "other")));
  expect(heard.output.hookSpecificOutput.additionalContext).toContain(
    "of session apple: claude-ops could not",
  );

  const bad = [
    "",
    "{",
    "[]",
    "null",
    "nonsense".repeat(100),
    edit("", {}),
    '{"tool_name":"Write","tool_input":7}',
  ];
  for (const stdin of bad) {
    const { status, stderr, said, output } = await hook("PreToolUse", home, ids[0], stdin);
    expect({ status, stderr }, stdin).toEqual({ status: 0, stderr: "" });
    expect(output?.hookSpecificOutput.permissionDecision, stdin).toBeUndefined();
    if (stdin !== "[]") expect(said, stdin).toContain("let it through");
    expect(said).not.toMatch(/\bat .*:\d+:\d+/);
  }
});

test("a session hears at its start who is here, what they edit and claim, what is handed over and remembered", async () => {
  const { home, layout, ids } = host("apple", "pear");
  // What is above the hook is no other session.
  const child = spawn("sleep", ["600"], { cwd: home, stdio: "ignore" });
  onTestFinished(() => void child.kill("SIGKILL"));
  const directory = join(layout.sessions, ids[0]!);
  createRecord(directory, { ...readRecord(directory) as SessionRecord, identity: identityOf(child.pid!)! });
  const start = JSON.stringify({ cwd: home, hook_event_name: "SessionStart", source: "startup" });
  await hook("PreToolUse", home, ids[0], edit(join(home, "file")));
  await hook("PostToolUse", home, ids[0], edit(join(home, "file")));
  const first = await hook("SessionStart", home, ids[1], start);
  expect(first.output.hookSpecificOutput.additionalContext).toMatch(
    /You work beside another session:\n- apple .*\n- session apple is editing file \(since/,
  );
  const db = new Database(layout.ops);
  const apple = ownerOfProcess(child.pid!, { name: "apple", session: ids[0]! });
  claim(db, "issue:15", apple);
  handOver(db, { topic: "issue:7", project: home, message: "half done", files: [], next: [] }, apple);
  const origin = {
    project: home,
    branch: null,
    session: null,
    sessionName: null,
    author: "ada",
    source: "cli",
  };
  save(db, origin, { text: "Tests need port 8080" });
  const { output } = await hook("SessionStart", home, ids[1], start);
  for (
    const line of [
      /^- claimed by apple: issue:15$/m,
      /^- handed over by apple: issue:7 - half done$/m,
      /port 8080/,
    ]
  ) {
    expect(output.hookSpecificOutput.additionalContext).toMatch(line);
  }
  // Its own claims are no news.
  const own = await hook("SessionStart", home, ids[0], start);
  expect(own.output.hookSpecificOutput.additionalContext).not.toContain("claimed by");
});

test("a huge edit is decided, more than any tool would write is let through with a word", async () => {
  const { home, ids } = host("apple");
  const content = "x".repeat(8 << 20);
  const big = JSON.stringify({ cwd: "/", tool_name: "Write", tool_input: { file_path: "/tmp/x", content } });
  expect(await hook("PreToolUse", home, ids[0], big)).toMatchObject({ status: 0, said: "" });
  const huge = await hook("PreToolUse", home, ids[0], `"${"x".repeat(65 << 20)}"`);
  expect(huge).toMatchObject({ status: 0, stderr: "" });
  expect(huge.said).toContain("more than 64 MiB");
});

test("without a home, or with an event of a later version, nothing breaks", async () => {
  const { home } = host();
  expect(await hook("PreToolUse", "", undefined, edit("/tmp/x"))).toMatchObject({ status: 0, stderr: "" });
  expect(await hook("MoonRises", home, undefined, "{}")).toMatchObject({ status: 0, said: "", stderr: "" });
});
