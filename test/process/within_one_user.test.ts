import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { scratch } from "../unit/scratch.ts";
import { binary, liveSession, serving } from "./live_session.ts";

// What a session may try with another one's things, both being of one Unix user.

async function neighbours() {
  const home = scratch();
  const [apple, pear] = [liveSession(home, "apple"), liveSession(home, "pear")];
  const [one, other] = [await serving(apple.env), await serving(pear.env)];
  const caller = (client: typeof one) => async (name: string, args: Record<string, unknown> = {}) => {
    const { content, isError } = await client.callTool({ name, arguments: args });
    const { text } = (content as { text: string }[])[0]!;
    return isError ? { refused: text } : JSON.parse(text);
  };
  const run = (input: string, ...words: string[]) =>
    spawnSync(binary, words, { env: pear.env, cwd: home, input, encoding: "utf8" });
  return { home, apple, pear, owner: caller(one), thief: caller(other), run };
}

test("claims, locks, tasks and files of another session are not given away by any tool or command", async () => {
  const { home, apple, owner, thief, run } = await neighbours();
  const file = join(home, "file");
  const edit = JSON.stringify({ cwd: home, tool_name: "Edit", tool_input: { file_path: file } });
  spawnSync(binary, ["hook", "PreToolUse"], { env: apple.env, cwd: home, input: edit });
  await owner("claim", { name: "issue:1" });
  await owner("acquire_lock", { name: "deploy" });
  await owner("push_task", { queue: "q", task: "t" });
  const { id } = await owner("claim_task", { queue: "q" });
  const tries: [string, Record<string, unknown>][] = [
    ["claim", { name: "issue:1" }],
    ["unclaim", { name: "issue:1" }],
    ["acquire_lock", { name: "deploy", timeout: 0 }],
    ["release_lock", { name: "deploy" }],
    ["complete_task", { id }],
    ["fail_task", { id }],
    ["release_files", { files: [file] }],
    ["release_all", {}],
  ];
  const before = JSON.stringify([
    await owner("list_claims"),
    await owner("list_locks"),
    await owner("list_tasks"),
  ]);
  for (const name of ["issue:1", "deploy", "claimed"]) expect(before).toContain(name);
  for (const [name, args] of tries) await thief(name, args);
  for (
    const words of ["unclaim issue:1", "lock release deploy", `queue complete ${id}`, `guard release ${file}`]
  ) {
    run("", ...words.split(" "));
  }
  const after = [await owner("list_claims"), await owner("list_locks"), await owner("list_tasks")];
  expect(JSON.stringify(after)).toBe(before);
  const { stdout } = run(edit, "hook", "PreToolUse");
  expect(JSON.parse(stdout).hookSpecificOutput).toMatchObject({ permissionDecision: "deny" });
});

test("what a session spoils of another one's records is that one's loss alone: all commands go on", async () => {
  const { home, apple, run } = await neighbours();
  const ops = join(home, ".claude/ops");
  writeFileSync(join(apple.config, "session.json"), "\0".repeat(100));
  for (const name of existsSync(join(ops, "held")) ? readdirSync(join(ops, "held")) : []) {
    if (name.endsWith(".json")) writeFileSync(join(ops, "held", name), "{");
  }
  for (const words of ["session list --all", "session check", "claims", "health", "guard list", "doctor"]) {
    const { status, stdout, stderr } = run("", ...words.split(" "));
    expect([0, 3], `${words}: ${stderr}`).toContain(status);
    expect(stdout + stderr).not.toContain("this is a bug");
  }
  expect(run("", "session", "list", "--all").stdout).toContain("unreadable");
});

test("a session can read what another one of its user has written: only other users cannot", async () => {
  const { home, apple } = await neighbours();
  // Said in docs/security.md: the wall is between Unix users.
  expect(readFileSync(join(apple.config, "session.json"), "utf8")).toContain("apple");
  const open = (path: string) => statSync(path).mode & 0o077;
  expect([open(join(home, ".claude/sessions")), open(join(apple.config, "session.json"))]).toEqual([0, 0]);
});
