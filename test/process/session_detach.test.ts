import { readdirSync, readFileSync, readlinkSync, rmSync, statSync, symlinkSync } from "node:fs";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { identityOf, isAlive } from "../../src/runtime/process.ts";
import { attachedTerminals } from "../../src/sessions/attached.ts";
import { DetachHost, stay } from "./detach_host.ts";
import { until } from "../unit/session_host.ts";
import { script } from "../unit/scratch.ts";

test(
  "a detached session lives in a tmux server of its own, as the process that its record names",
  async () => {
    const host = new DetachHost();
    const started = await host.start("one", "--", "--model", "a b");
    expect(started).toMatchObject({ status: 0, stderr: "" });
    const record = host.record("one");
    expect(started.stdout).toContain(`session one runs detached, pid ${record.identity.pid}\n`);
    expect(started.stdout).toContain("claude-ops session attach one");
    expect(record.tmux).toBe(host.socket);
    expect(isAlive(record.identity)).toBe(true);
    expect(host.tmux("list-panes", "-a", "-F", "#{session_name} #{pane_pid} #{pane_dead}")).toBe(
      `${record.id} ${record.identity.pid} 0\n`,
    );
    expect(readFileSync(`/proc/${record.identity.pid}/cmdline`, "utf8")).toBe(
      ["sleep", "100", ""].join("\0"),
    );
    // Its standard streams are the terminal that tmux made, and of the launcher nothing is left open.
    const open = readdirSync(`/proc/${record.identity.pid}/fd`).filter((fd) => Number(fd) > 2);
    expect(open).toEqual([]);
    expect(readlinkSync(`/proc/${record.identity.pid}/fd/0`)).toMatch(/^\/dev\/pts\//);
    expect(readdirSync(host.env.TMPDIR!)).toEqual([]);
    expect(attachedTerminals(record)).toBe(0);
  },
  30_000,
);

test(
  "each gets the environment, directory and umask of who started it, and nothing of another's",
  async () => {
    const host = new DetachHost(`pwd >"$HOME/pwd.$4"; umask >"$HOME/umask.$4"; ${stay}`);
    const common = { ...host.env };
    Object.assign(host.env, {
      A_SECRET: "hush-a",
      LINES_OF: "a\nb'\"$x",
      CLAUDE_CODE_CHILD_SESSION: "1",
      TMUX: "/x,1,0",
    });
    const before = process.umask(0o077);
    const seen = watchCommandLines(/hush-[ab]/);
    expect(await host.start("a")).toMatchObject({ status: 0 });
    process.umask(before);
    for (const name of Object.keys(host.env)) if (!(name in common)) delete host.env[name];
    host.env.B_SECRET = "hush-b";
    expect(await host.start("b", "--project", host.home)).toMatchObject({ status: 0 });
    expect(await seen()).toEqual({ looks: expect.any(Number), found: [] });

    const [a, b] = [host.envOf("a"), host.envOf("b")];
    expect(a).toMatchObject({ A_SECRET: "hush-a", LINES_OF: "a\nb'\"$x", TERM: "tmux-256color" });
    expect(b).toMatchObject({ B_SECRET: "hush-b", CLAUDE_CONFIG_DIR: host.directory(host.record("b").id) });
    const ofTheLaunch = /^(CLAUDE_|DISABLE_AUTOUPDATER|PWD|TERM|COLORTERM|SHLVL|_$|OLDPWD)/;
    const inherited = (env: Record<string, string>) =>
      Object.keys(env).filter((name) => !ofTheLaunch.test(name)).sort();
    const given = Object.keys(common).filter((name) => !ofTheLaunch.test(name));
    expect(inherited(a)).toEqual([...given, "A_SECRET", "LINES_OF"].sort());
    expect(inherited(b)).toEqual([...given, "B_SECRET"].sort());
    expect(a).not.toHaveProperty("CLAUDE_CODE_CHILD_SESSION");
    const read = (name: string) => readFileSync(join(host.home, name), "utf8").trim();
    expect([read("pwd.a"), read("pwd.b")]).toEqual([host.work, host.home]);
    expect([read("umask.a"), read("umask.b")]).toEqual(["0077", before.toString(8).padStart(4, "0")]);

    // The server itself knows nothing of either.
    const server = host.tmux("display-message", "-p", "#{pid}").trim();
    const known = readFileSync(`/proc/${server}/environ`, "utf8") + host.tmux("show-environment", "-g") +
      host.tmux("show-environment", "-t", `=${host.record("a").id}`);
    expect(known).not.toMatch(/SECRET|hush|CHILD_SESSION/);
  },
  30_000,
);

/** Looks at all command lines of the machine as often as it can, until the result is asked for. */
function watchCommandLines(pattern: RegExp): () => Promise<{ looks: number; found: string[] }> {
  const found = new Set<string>();
  let looks = 0;
  let over = false;
  const watching = (async () => {
    while (!over) {
      looks++;
      for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
        try {
          const line = readFileSync(`/proc/${pid}/cmdline`, "utf8");
          if (pattern.test(line)) found.add(line);
        } catch {
          // It ended.
        }
      }
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  })();
  return async () => {
    over = true;
    await watching;
    return { looks, found: [...found] };
  };
}

test.each([
  ["a name that is taken", ["taken"], {}, 1, "a session named taken is live already"],
  ["a directory that is gone", ["--project", "gone"], {}, 1, "or name another: mkdir -p /"],
  ["a bad name", ["a/b"], {}, 2, "not a session name"],
  [
    "no Claude Code",
    ["x"],
    { CLAUDE_OPS_CLAUDE: "/nonexistent" },
    1,
    "cannot run Claude Code at /nonexistent",
  ],
  ["a program that is none", ["x"], { CLAUDE_OPS_CLAUDE: "garbage" }, 1, "cannot run"],
  ["no room", ["x"], { XDG_CONFIG_HOME: "full" }, 75, "no room for one more session"],
])("%s fails where one sees it, and nothing is left", async (_, words, env, status, message) => {
  const host = new DetachHost();
  expect(await host.start("taken")).toMatchObject({ status: 0 });
  writeFileSync(join(host.home, "garbage"), "\x7fELF garbage", { mode: 0o755 });
  mkdirSync(join(host.home, "full/claude-ops"), { recursive: true });
  writeFileSync(join(host.home, "full/claude-ops/config.toml"), "[sessions]\nmax = 1\n");
  for (const [name, value] of Object.entries(env)) {
    host.env[name] = value.startsWith("/") ? value : join(host.home, value);
  }
  const failed = await host.start(...words);
  expect(failed).toMatchObject({ status, stdout: "", stderr: expect.stringContaining(message) });
  expect(failed.stderr).toContain("hint: ");
  expect(host.tmux("list-sessions", "-F", "#{session_name}")).toBe(`${host.record("taken").id}\n`);
  expect(host.ids).toHaveLength(1);
  expect(readdirSync(host.env.TMPDIR!)).toEqual([]);
}, 30_000);

test("what Claude Code said when it ended at once is shown, and its tmux session goes", async () => {
  const host = new DetachHost("echo 'error: unknown option --nonsense' >&2; exit 4");
  const failed = await host.start("one");
  expect(failed).toMatchObject({ status: 1, stdout: "" });
  expect(failed.stderr).toContain("Claude Code ended at once (4):\nerror: unknown option --nonsense\n");
  expect(host.tmux("list-sessions")).toBe("");
  script(host.env.CLAUDE_OPS_CLAUDE!, "exit 0");
  const ended = await host.start("two");
  expect(ended).toMatchObject({
    status: 0,
    stdout: expect.stringContaining("session two has ended already"),
  });
}, 30_000);

test("two terminals attach to one session, see the same, and leave it running", async () => {
  const host = new DetachHost('echo "hello from $$"; while read -r line; do echo "heard $line"; done');
  await host.start("one");
  const record = host.record("one");
  const [first, second] = [host.terminal(), host.terminal([80, 24])];
  first.type("ops session attach one");
  expect(await first.see("leaves it running")).toContain(`hello from ${record.identity.pid}`);
  second.type(`ops session attach ${record.id}`);
  await second.see("2 terminals here");
  second.type("what is said in the second");
  await first.see("heard what is said in the second");
  expect(attachedTerminals(record)).toBe(2);
  second.press("C-q");
  await second.see("runs on; go back: claude-ops session attach");
  expect(isAlive(record.identity)).toBe(true);
  await until(() => attachedTerminals(record) === 1, "one to leave");
  // Its end brings the other back to its shell.
  process.kill(record.identity.pid, "SIGKILL");
  await first.see("[exited]");
  await until(() => host.tmux("list-sessions") === "", "the server to go");
}, 40_000);

test(
  "who leaves a session that was attached to from the live view is back in the view, also when it ends",
  async () => {
    const host = new DetachHost('echo "hello from $$"; while read -r line; do echo "heard $line"; done');
    await host.start("one");
    const { identity } = host.record("one");
    const terminal = host.terminal();
    terminal.type("ops session list --watch; echo left with $?");
    await terminal.see(/[❯>] one +/);
    terminal.press("Enter");
    await terminal.see(`hello from ${identity.pid}`);
    terminal.press("C-q");
    await terminal.see(/Sessions on [^]*session one runs on/);
    expect(isAlive(identity)).toBe(true);
    terminal.press("Enter");
    await terminal.see(`hello from ${identity.pid}`);
    process.kill(identity.pid, "SIGKILL");
    await terminal.see(/Sessions on [^]*session one has ended/);
    terminal.press("q");
    await terminal.see("left with 0");
  },
  40_000,
);

test("a session that cannot be attached to says why, and what works instead", async () => {
  const host = new DetachHost();
  const terminal = host.terminal();
  let turns = 0;
  const says = async (words: string, what: string) => {
    const turn = ++turns;
    terminal.type(`clear; ops session attach ${words}; echo "turn ${turn}: status $?"`);
    const screen = await terminal.see(new RegExp(`turn ${turn}: status \\d`));
    expect(screen.replaceAll("\n", "")).toContain(what);
    expect(screen).toContain("hint: ");
    expect(screen).toContain("status 1");
  };
  await says("nobody", "no session is named");
  const other = host.terminal();
  other.type("ops session start here");
  await other.see("hello from");
  await says("heer", "did you mean here?");
  await says("here", "it was started without --detach");
  await says("here", "--resume here --detach");
  await host.start("one");
  process.kill(host.record("one").identity.pid, "SIGKILL");
  await until(() => !isAlive(host.record("one").identity), "its end");
  await says("one", "session one has ended");
  expect(await host.run("session", "attach", "one")).toMatchObject({
    status: 2,
    stderr: expect.stringMatching(/attaching needs a terminal\nhint: over ssh: ssh -t/),
  });
}, 40_000);

test("a socket that was cleaned away comes back when somebody attaches", async () => {
  const host = new DetachHost();
  await host.start("one");
  const terminal = host.terminal();
  rmSync(host.socket);
  terminal.type("ops session attach one");
  await terminal.see("leaves it running");
  expect(statSync(host.socket).isSocket()).toBe(true);
}, 30_000);

test("what ended is resumed detached, and what was detached in a terminal", async () => {
  const host = new DetachHost();
  await host.start("one");
  const { id, identity } = host.record("one");
  process.kill(identity.pid, "SIGKILL");
  await until(() => !isAlive(identity), "its end");
  const again = await host.run("session", "start", "--resume", "one", "--detach");
  expect(again).toMatchObject({ status: 0 });
  const resumed = host.record("one");
  expect(resumed).toMatchObject({ id, tmux: host.socket });
  expect(identityOf(resumed.identity.pid)).toEqual(resumed.identity);
  const live = await host.run("session", "start", "--resume", "one", "--detach");
  expect(live).toMatchObject({
    status: 1,
    stderr: expect.stringContaining("attach to it (claude-ops session attach one)"),
  });
  expect(isAlive(resumed.identity)).toBe(true);
  process.kill(resumed.identity.pid, "SIGKILL");
  await until(() => !isAlive(resumed.identity), "its end");
  script(host.env.CLAUDE_OPS_CLAUDE!, "exit 0");
  expect(await host.run("session", "start", "--resume", "one")).toMatchObject({ status: 0 });
  expect(host.record("one").tmux).toBeUndefined();
}, 30_000);

test("without tmux it says what to install, and with an old one that it is too old", async () => {
  const host = new DetachHost();
  const bin = join(host.home, "bin");
  mkdirSync(bin);
  for (const name of ["sh", "sleep", "env", "cat"]) symlinkSync(`/bin/${name}`, join(bin, name));
  symlinkSync("/bin/true", join(bin, "dnf"));
  host.env.PATH = bin;
  expect(await host.start("one")).toMatchObject({
    status: 1,
    stderr: expect.stringMatching(/tmux is not installed.*\nhint: install it: dnf install tmux/),
  });
  for (const version of ["2.7", "3.1c", "1.9a"]) {
    script(join(bin, "tmux"), `echo "tmux ${version}"`);
    expect(await host.start("one")).toMatchObject({
      status: 1,
      stderr: expect.stringContaining(`tmux ${version} is too old: detached sessions need 3.2 or newer`),
    });
  }
  expect(host.ids).toEqual([]);
  for (const version of ["3.2a", "3.10", "4.0", "next-3.6", "master"]) {
    script(
      join(bin, "tmux"),
      `[ "$1" = -V ] && echo "tmux ${version}" && exit; cat >&2; echo stand-in >&2; exit 1`,
    );
    expect(await host.start("one")).toMatchObject({ status: 1, stderr: expect.stringContaining("stand-in") });
  }
}, 30_000);

test("where there is no room and somebody sits there, they are asked", async () => {
  const host = new DetachHost();
  mkdirSync(join(host.home, ".config/claude-ops"), { recursive: true });
  writeFileSync(join(host.home, ".config/claude-ops/config.toml"), "[sessions]\nmax = 1\n");
  await host.start("one");
  const terminal = host.terminal();
  terminal.type('ops session start two; echo "status $?"');
  expect(await terminal.see("Start it all the same? (yes/no)")).toContain("no room for one more session");
  terminal.type("no");
  expect(await terminal.see("status 75")).toContain("not started");
  terminal.type("clear; ops session start two --detach");
  await terminal.see("Start it all the same? (yes/no)");
  terminal.type("yes");
  // The next question is the next one's: it works where session one does.
  expect(await terminal.see("Which one? [s/c]")).toContain("risky: one works");
  terminal.type("w");
  await terminal.see("Please type s or c.");
  terminal.type("s");
  await terminal.see("session two runs detached");
  terminal.type("clear; ops session start three");
  expect(await terminal.see("Start it all the same? (yes/no)")).toContain("claude-ops session attach");
  terminal.type("y");
  await terminal.see("Which one? [s/c]");
  terminal.type("s");
  await terminal.see("hello from");
  expect(isAlive(host.record("three").identity)).toBe(true);
}, 40_000);

test("control characters and tmux's own signs in a name do nothing in its status line", async () => {
  const host = new DetachHost("echo here; exec sleep 100");
  const name = "#{pid}#[bg=red]#(id);";
  await host.start(name);
  const terminal = host.terminal();
  terminal.type(`ops session attach '${name}'`);
  expect(await terminal.see("leaves it running")).toContain(name);
}, 30_000);

test("twenty that start detached at once are twenty", async () => {
  const host = new DetachHost();
  const all = await Promise.all(Array.from({ length: 20 }, (_, i) => host.start(`s${i}`)));
  expect(all.filter(({ status }) => status !== 0).map(({ stderr }) => stderr)).toEqual([]);
  expect(new Set(host.tmux("list-panes", "-a", "-F", "#{pane_pid}").trim().split("\n")).size).toBe(20);
}, 60_000);
