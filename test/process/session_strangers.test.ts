import { execFileSync, spawn } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { identityOf } from "../../src/runtime/process.ts";
import { newId } from "../../src/sessions/id.ts";
import { repository } from "./repository.ts";
import { scratch, script } from "../unit/scratch.ts";
import { ended, SessionHost, until } from "../unit/session_host.ts";

const json = async (host: SessionHost, ...words: string[]) => {
  const { status, stdout, stderr } = await host.run(...words, "--json");
  return { status, stderr, ...JSON.parse(stdout) };
};

/** A process of its own that ends with the test. */
function running(program: string, args: string[], cwd: string, env: Record<string, string> = {}): number {
  const { pid } = spawn(program, args, { cwd, env, stdio: "ignore" });
  onTestFinished(() => {
    try {
      process.kill(pid!, "SIGKILL");
    } catch {
      // The test ended it.
    }
  });
  return pid!;
}

/** A program that the kernel says is Claude Code: a copy of sleep where Claude Code is kept. */
function bareClaude(root: string): string {
  mkdirSync(join(root, "claude-code"), { recursive: true });
  const path = join(root, "claude-code/claude");
  copyFileSync("/bin/sleep", path);
  return path;
}

test("what is registered is listed and counts in conflicts until it ends, or is unregistered", async () => {
  const host = new SessionHost("");
  const shop = repository(join(host.home, "shop"));
  const pid = running("/bin/sleep", ["100"], "/");
  const words = ["session", "register", "my shop", "../shop", "--pid", `${pid}`, "--name", "editor"];
  expect(await json(host, ...words)).toMatchObject({
    status: 0,
    pid,
    project: "my shop",
    cwd: shop,
    name: "editor",
  });
  expect((await json(host, "session", "list")).registered).toMatchObject([{
    name: "editor",
    pid,
    cwd: shop,
  }]);
  expect((await host.run("session", "list")).stdout).toMatch(/editor +\S*shop +registered +\d+/);
  for (const target of [shop, "my shop", "shop"]) {
    const found = await json(host, "session", "check", target);
    expect(found).toMatchObject({ status: 3, level: "risky" });
    expect(found.others[0]).toMatchObject({ kind: "registered", pid, name: "editor" });
  }
  // Once more for the same process replaces what was said.
  await host.run("session", "register", "other", host.work, "--pid", `${pid}`);
  expect((await json(host, "session", "list")).registered).toMatchObject([{ name: null, project: "other" }]);
  expect(await json(host, "session", "unregister", `${pid}`)).toMatchObject({ status: 0, project: "other" });
  expect(await host.run("session", "unregister", `${pid}`)).toMatchObject({ status: 1 });
  await host.run(...words);
  process.kill(pid, "SIGKILL");
  await until(() => identityOf(pid) === undefined, "an end");
  expect((await json(host, "session", "list")).registered).toEqual([]);
  expect(readdirSync(host.layout.registered)).toEqual([]);
});

test("without a pid the calling shell is registered, and a shell under Claude Code registers that", async () => {
  const host = new SessionHost("");
  const [program, ...words] = host.command("session", "register", "shop", ".");
  const shell = (then: string) => {
    const command = [program!, ...words].map((word) => `'${word}'`).join(" ");
    const child = spawn("sh", ["-c", `${command} && ${then}; exit`], { cwd: host.work, env: host.env });
    return ended(child);
  };
  const list = host.command("session", "list", "--json").map((word) => `'${word}'`).join(" ");
  const first = await shell(list);
  expect(JSON.parse(first.stdout.split("\n").at(-2)!).registered).toMatchObject([{ pid: first.pid }]);

  const claude = bareClaude(host.home);
  copyFileSync("/bin/sh", claude);
  const script = `'${program}' ${words.map((word) => `'${word}'`).join(" ")}; ${list}; exit`;
  const inner = ["-c", `sh -c "\${0}"; exit`, script];
  const child = spawn(claude, inner, { cwd: host.work, env: host.env });
  const second = await ended(child);
  expect(JSON.parse(second.stdout.split("\n").at(-2)!).registered).toMatchObject([{ pid: child.pid }]);
});

test.each([
  ["a pid that nobody has", ["shop", ".", "--pid", "4194304"], "no process has the pid", 1],
  ["a directory that is gone", ["shop", "gone"], "cannot register gone: ENOENT", 1],
  ["a file", ["shop", "../standin"], "it is not a directory", 1],
  ["a name with an escape", ["shop", ".", "--name", "a\u001b[31m"], "not a session name", 2],
  ["a project with an escape", ["a\u001b[31m", "."], "not a project", 2],
  ["a word for a pid", ["shop", ".", "--pid", "me"], "--pid", 2],
])("%s registers nothing", async (_, words, message, status) => {
  const host = new SessionHost("");
  const got = await host.run("session", "register", ...words);
  expect(got).toMatchObject({ status, stdout: "", stderr: expect.stringContaining(message) });
  expect((await json(host, "session", "list")).registered).toEqual([]);
});

test("many register at once and none is lost; a damaged record hurts nobody", async () => {
  const host = new SessionHost("");
  const pids = Array.from({ length: 6 }, () => running("/bin/sleep", ["100"], "/"));
  await Promise.all(pids.map((pid) => host.run("session", "register", "shop", ".", "--pid", `${pid}`)));
  writeFileSync(join(host.layout.registered, "1-2-3.json"), '{"format":1');
  symlinkSync("/dev/zero", join(host.layout.registered, "1-2-4.json"));
  const { registered } = await json(host, "session", "list");
  expect(registered.map(({ pid }: { pid: number }) => pid).toSorted()).toEqual(pids.toSorted());
});

test("a bare Claude Code is listed as unmanaged with its directory, its helpers are not, and it counts", async () => {
  const host = new SessionHost("");
  const shop = repository(join(host.home, "shop"));
  const claude = bareClaude(host.home);
  const pid = running(claude, ["100"], shop, { HOME: host.home });
  // `claude mcp serve` is no session: here a copy of sh that runs a script of that name.
  copyFileSync("/bin/sh", join(host.home, "claude-code/sh"));
  script(join(host.work, "mcp"), "while :; do sleep 1; done");
  const helper = running(join(host.home, "claude-code/sh"), ["mcp", "serve"], host.work, { HOME: host.home });
  await until(() => readFileSync(`/proc/${pid}/comm`, "utf8") === "claude\n", "a claude");
  const mine = (await json(host, "session", "list")).unmanaged.filter(({ cwd }: { cwd: string }) =>
    cwd?.startsWith(host.home)
  );
  expect(mine).toMatchObject([{ pid, cwd: shop, name: null, configDir: join(host.home, ".claude") }]);
  expect((await host.run("session", "list")).stdout).toMatch(
    new RegExp(`claude +\\S*shop +unmanaged +${pid}`),
  );
  expect(await json(host, "session", "check", shop)).toMatchObject({ status: 3 });
  process.kill(pid, "SIGKILL");
  await until(() => identityOf(pid) === undefined, "an end");
  expect(await json(host, "session", "check", shop)).toMatchObject({ status: 0, level: "safe" });
  expect(readFileSync(`/proc/${helper}/cmdline`, "utf8")).toContain("mcp\0serve");
});

test("a copy that a bare Claude Code has just forked, to become a tool, is none of its own", async () => {
  const host = new SessionHost("");
  const claude = bareClaude(host.home);
  copyFileSync("/bin/bash", claude);
  const forks = "(echo $BASHPID >fork; read <>ways); :";
  execFileSync("mkfifo", [join(host.work, "ways")]);
  const pid = running(claude, ["-c", forks], host.work, { HOME: host.home });
  const fork = await until(() => {
    const path = join(host.work, "fork");
    return existsSync(path) && Number(readFileSync(path, "utf8"));
  }, "a fork");
  onTestFinished(() => void process.kill(fork, "SIGKILL"));
  expect(readFileSync(`/proc/${fork}/cmdline`)).toEqual(readFileSync(`/proc/${pid}/cmdline`));
  const { unmanaged } = await json(host, "session", "list");
  expect(unmanaged.filter(({ cwd }: { cwd: string }) => cwd === host.work)).toMatchObject([{ pid }]);
});

test("directories of older scripts are shown, and adopted only when that is said, with nothing changed in them", async () => {
  const host = new SessionHost("pwd");
  const id = newId();
  const directory = join(host.layout.sessions, id);
  const conversation = crypto.randomUUID();
  mkdirSync(join(directory, "projects/-work"), { recursive: true });
  const lines = [
    {
      type: "user",
      cwd: host.work,
      version: "2.1.300",
      message: { role: "user", content: "mend the login" },
    },
    { type: "user", message: { role: "user", content: [{ type: "tool_result", content: "x" }] } },
  ];
  const transcript = join(directory, `projects/-work/${conversation}.jsonl`);
  writeFileSync(transcript, lines.map((line) => JSON.stringify(line) + "\n").join(""));
  writeFileSync(join(directory, "CLAUDE.md"), "mine");
  for (const other of ["notes", "1234.json"]) mkdirSync(join(host.layout.sessions, other));
  symlinkSync(scratch(), join(host.layout.sessions, newId()));

  const shown = await host.run("session", "adopt");
  expect(shown).toMatchObject({ status: 3, stdout: expect.stringMatching(/work-\w{4} .*mend the login/) });
  expect(readdirSync(directory).toSorted()).toEqual(["CLAUDE.md", "projects"]);
  const found = await json(host, "session", "adopt", "--yes");
  expect(found).toMatchObject({
    status: 0,
    found: [{
      id,
      cwd: host.work,
      conversation,
      lastPrompt: "mend the login",
      version: "2.1.300",
      pid: null,
    }],
    adopted: [{ id }],
    linked: false,
  });
  expect(readdirSync(directory).toSorted()).toEqual(["CLAUDE.md", "projects", "session.json"]);
  expect(readFileSync(join(directory, "CLAUDE.md"), "utf8")).toBe("mine");
  const { sessions } = await json(host, "session", "list");
  expect(sessions).toMatchObject([{
    id,
    state: "ended",
    cwd: host.work,
    project: host.work,
    version: "2.1.300",
  }]);
  expect(await json(host, "session", "adopt", "--yes")).toMatchObject({ status: 0, found: [], adopted: [] });
  script(host.env.CLAUDE_OPS_CLAUDE!, 'pwd; echo "$1 $2"');
  const resumed = await host.run("session", "start", "--resume", found.adopted[0].name);
  expect(resumed).toMatchObject({ status: 0, stdout: `${host.work}\n--resume ${conversation}\n` });
});

test("one that is in use is adopted alive, and many who adopt at once adopt it once", async () => {
  const host = new SessionHost("");
  const directory = join(host.layout.sessions, newId());
  mkdirSync(directory, { recursive: true });
  const pid = running(bareClaude(host.home), ["100"], host.work, {
    HOME: host.home,
    CLAUDE_CONFIG_DIR: directory,
  });
  await until(() => readFileSync(`/proc/${pid}/comm`, "utf8") === "claude\n", "a claude");
  const all = await Promise.all(
    Array.from({ length: 4 }, () => json(host, "session", "adopt", "--yes", "--link")),
  );
  expect(all.flatMap(({ adopted }) => adopted)).toHaveLength(1);
  const { sessions, unmanaged } = await json(host, "session", "list");
  expect(sessions).toMatchObject([{ live: true, pid }]);
  expect(unmanaged.filter((other: { pid: number }) => other.pid === pid)).toEqual([]);
  expect(readdirSync(directory).toSorted()).toEqual(
    ["CLAUDE.md", "agents", "commands", "session.json", "settings.json", "skills"],
  );
  rmSync(directory, { recursive: true });
});
