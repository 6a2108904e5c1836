import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { isAlive } from "../../src/runtime/process.ts";
import { newId } from "../../src/sessions/id.ts";
import type { SessionRecord } from "../../src/sessions/record.ts";
import { DetachHost } from "./detach_host.ts";
import { git, repository } from "./repository.ts";
import { until } from "../unit/session_host.ts";

/** A stand-in that writes its arguments down, by its process, and stays. */
const recording = 'echo "$@" >"$HOME/words.$$"; echo here; exec sleep 100';

function hostWithShop(): { host: DetachHost; shop: string } {
  const host = new DetachHost(recording);
  return { host, shop: repository(join(host.home, "shop")) };
}

const wordsOf = (host: DetachHost, { identity }: SessionRecord) =>
  readFileSync(join(host.home, `words.${identity.pid}`), "utf8").trim();
const directoryOf = ({ identity }: SessionRecord) => readlinkSync(`/proc/${identity.pid}/cwd`);

function configure(host: DetachHost, lines: string): void {
  mkdirSync(join(host.home, ".config/claude-ops"), { recursive: true });
  writeFileSync(join(host.home, ".config/claude-ops/config.toml"), `[sessions]\n${lines}\n`);
}

/** What Claude Code writes once something was said. */
function say(host: DetachHost, { id }: SessionRecord): string {
  const conversation = newId();
  const slug = join(host.directory(id), "projects/-work");
  mkdirSync(slug, { recursive: true });
  writeFileSync(join(slug, `${conversation}.jsonl`), '{"a":1}\n');
  return conversation;
}

async function end(record: SessionRecord): Promise<void> {
  process.kill(record.identity.pid, "SIGKILL");
  await until(() => !isAlive(record.identity), "an end");
}

test(
  "--detach --worktree: the session runs in tmux and in the worktree, and looks for updates as any",
  async () => {
    const { host, shop } = hostWithShop();
    rmSync(host.layout.nextCheck);
    expect(await host.start("--project", shop, "--worktree", "login")).toMatchObject({
      status: 0,
      stderr: "",
    });
    const record = host.record("login");
    expect(record).toMatchObject({ tmux: host.socket, cwd: `${shop}.worktrees/login`, project: shop });
    expect(directoryOf(record)).toBe(`${shop}.worktrees/login`);
    expect(git(record.cwd, "branch", "--show-current")).toBe("login");
    expect(statSync(host.layout.nextCheck).mtimeMs).toBeGreaterThan(Date.now());
    const { stdout } = await host.run("session", "list", "--json");
    expect(JSON.parse(stdout).sessions).toMatchObject([
      { name: "login", branch: "login", state: "live", live: true, detached: true, pid: record.identity.pid },
    ]);
    expect((await host.run("session", "list")).stdout).toContain("live (detached)");
    expect((await host.run("session", "show", "login")).stdout).toContain("claude-ops session attach login");
  },
  30_000,
);

test(
  "--resume --detach and back: the same session and conversation, in tmux and then in a terminal",
  async () => {
    const { host, shop } = hostWithShop();
    await host.start("login", "--project", shop);
    const first = host.record("login");
    const conversation = say(host, first);
    const refused = await host.start("--resume", "login");
    expect(refused).toMatchObject({ status: 1, stderr: expect.stringContaining("session attach login") });
    await end(first);
    expect(await host.start("--resume", "login")).toMatchObject({ status: 0 });
    const second = host.record("login");
    expect(second).toMatchObject({ id: first.id, tmux: host.socket, cwd: shop });
    expect(wordsOf(host, second)).toBe(`--resume ${conversation}`);
    await end(second);
    const terminal = host.terminal();
    terminal.type("ops session start --resume login");
    await terminal.see("here");
    expect(host.record("login")).not.toHaveProperty("tmux");
    expect(isAlive(host.record("login").identity)).toBe(true);
    expect(host.ids).toHaveLength(1);
  },
  30_000,
);

test(
  "--resume --fork --worktree --detach: a copy goes on in a worktree and tmux, beside the live original",
  async () => {
    const { host, shop } = hostWithShop();
    await host.start("login", "--project", shop);
    const original = host.record("login");
    const conversation = say(host, original);
    const started = await host.start("--resume", "login", "--fork", "--worktree", "try", "--json");
    expect(started).toMatchObject({ status: 0 });
    const fork = host.record("try");
    expect(JSON.parse(started.stdout)).toMatchObject({ id: fork.id, name: "try", live: true });
    expect(fork).toMatchObject({ tmux: host.socket, cwd: `${shop}.worktrees/try`, project: shop });
    expect(wordsOf(host, fork)).toBe(
      `--resume ${conversation} --fork-session --session-id ${fork.id} -n try`,
    );
    expect(existsSync(join(host.directory(fork.id), "projects/-work", `${conversation}.jsonl`))).toBe(true);
    expect(isAlive(original.identity)).toBe(true);
    expect(host.tmux("list-sessions", "-F", "#{session_name}").trim().split("\n").sort()).toEqual(
      [original.id, fork.id].sort(),
    );
    const alone = await host.start("--resume", "login", "--fork", "--", "--model", "x");
    expect(alone).toMatchObject({ status: 0, stderr: "" });
    const third = host.ids.find((id) => id !== fork.id && id !== original.id)!;
    expect(readFileSync(join(host.directory(third), "session.json"), "utf8")).toMatch(
      /"name": "login-[0-9a-f]{4}"/,
    );
  },
  30_000,
);

test("what is refused in tmux leaves no worktree, no branch and no session", async () => {
  const { host, shop } = hostWithShop();
  configure(host, 'max = 1\nconflicts = "refuse"');
  await host.start("login", "--project", shop);
  const full = await host.start("--project", shop, "--worktree", "more");
  expect(full).toMatchObject({ status: 75, stderr: expect.stringContaining("no room for one more session") });
  const met = await host.start("more", "--project", shop, "--force");
  expect(met).toMatchObject({ status: 3, stderr: expect.stringContaining("risky: login works") });
  const twice = await host.start("login", "--project", shop, "--worktree", "more", "--force");
  expect(twice).toMatchObject({ status: 1, stderr: expect.stringContaining("named login is live") });
  expect(git(shop, "branch", "--format=%(refname:short)")).toBe("main");
  expect(existsSync(`${shop}.worktrees`)).toBe(false);
  expect(host.ids).toHaveLength(1);
  expect(readdirSync(host.env.TMPDIR!)).toEqual([]);
}, 30_000);

test(
  "a detached start asks in the terminal where it was typed, and takes the worktree that is chosen",
  async () => {
    const { host, shop } = hostWithShop();
    await host.start("login", "--project", shop);
    const terminal = host.terminal();
    terminal.type(`ops session start billing --project ${shop} --detach`);
    expect(await terminal.see("Which one? [s/w/c]")).toContain("on a new branch billing");
    terminal.type("w");
    await terminal.see("session billing runs detached");
    expect(directoryOf(host.record("billing"))).toBe(`${shop}.worktrees/billing`);
    terminal.type(`clear; ops session start third --project ${shop} --detach; echo "status $?"`);
    await terminal.see("Which one? [s/w/c]");
    terminal.type("c");
    expect(await terminal.see("status 1")).toContain("not started");
    expect(host.ids).toHaveLength(2);
  },
  40_000,
);
