import { execFileSync, spawn } from "node:child_process";
import { copyFileSync, linkSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { git, repository } from "../process/repository.ts";
import { binary, ClaudeHost } from "./claude_host.ts";
import { claudeVersion } from "./real_claude.ts";
import { MessagesApi } from "./messages_api.ts";
import { type } from "./panes.ts";

async function start(): Promise<ClaudeHost> {
  const api = await MessagesApi.start();
  onTestFinished(() => api.stop());
  const host = new ClaudeHost(api.url);
  repository(host.work);
  return host;
}

const ops = async (host: ClaudeHost, ...words: string[]) => {
  const { status, stdout } = await host.run(binary, [...words, "--json"]);
  return { status, ...JSON.parse(stdout) };
};

// deno-lint-ignore no-explicit-any
async function eventually(look: () => Promise<any>, holds: (found: any) => boolean): Promise<any> {
  for (let attempt = 0;; attempt++) {
    const found = await look();
    if (holds(found)) return found;
    if (attempt === 200) throw new Error(`never seen: ${JSON.stringify(found)}`);
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

const write = (path: string) =>
  `TOOL:${JSON.stringify({ name: "Write", input: { file_path: path, content: "x" } })}`;

/** The same program where Claude Code's own installer puts it: what it is goes by where it is kept. */
function asInstalled(host: ClaudeHost): string {
  const versions = join(host.home, ".local/share/claude/versions");
  mkdirSync(versions, { recursive: true });
  try {
    linkSync(host.env.CLAUDE_OPS_CLAUDE!, join(versions, claudeVersion));
  } catch {
    copyFileSync(host.env.CLAUDE_OPS_CLAUDE!, join(versions, claudeVersion)); // another file system
  }
  return join(versions, claudeVersion);
}

test(
  "a bare claude in a terminal is listed as unmanaged and makes its directory risky, then dangerous",
  async () => {
    const host = await start();
    const config = {
      hasCompletedOnboarding: true,
      projects: { [host.work]: { hasTrustDialogAccepted: true } },
    };
    writeFileSync(join(host.home, ".claude.json"), JSON.stringify(config));
    host.tmux("-f", "/dev/null", "new-session", "-d", "-x", "120", "-y", "40", "-s", "bare", "sh");
    onTestFinished(() => void host.tmux("kill-server"));
    const claude = asInstalled(host);
    host.tmux(
      "send-keys",
      "-t",
      "bare",
      `echo $$ >pid; exec ${claude} --permission-mode acceptEdits`,
      "Enter",
    );
    const mine = (found: { unmanaged: { cwd: string; name: string | null }[] }) =>
      found.unmanaged.filter(({ cwd }) => cwd === host.work);
    const listed = await eventually(
      () => ops(host, "session", "list"),
      (found) => mine(found)[0]?.name != null,
    );
    const pid = Number(readFileSync(join(host.work, "pid"), "utf8"));
    expect(mine(listed)).toMatchObject([{
      pid,
      cwd: host.work,
      version: claudeVersion,
      configDir: host.shared,
    }]);

    git(host.work, "add", "pid");
    git(host.work, "commit", "-qm", "pid");
    expect(await ops(host, "session", "check", host.work)).toMatchObject({ status: 3, level: "risky" });
    const trees = join(host.home, "tree");
    git(host.work, "worktree", "add", "-q", trees, "-b", "tree");
    expect(await ops(host, "session", "check", trees)).toMatchObject({ status: 0, level: "aware" });

    // What it writes makes its worktree dangerous, by its transcript, and no other one.
    await eventually(
      () => Promise.resolve(host.tmux("capture-pane", "-p", "-t", "bare")),
      (text) => text.includes("accept edits on"),
    );
    await type(host, "bare", write(join(host.work, "fresh.txt")));
    const found = await eventually(
      () => ops(host, "session", "check", host.work),
      ({ others }) => others[0]?.edits.length > 0,
    );
    expect(found).toMatchObject({
      status: 3,
      level: "dangerous",
      others: [{ kind: "unmanaged", pid, edits: [join(host.work, "fresh.txt")] }],
    });
    expect(await ops(host, "session", "check", trees)).toMatchObject({ level: "aware" });
  },
  90_000,
);

test(
  "what one session writes in another's worktree is known, and the session that asks is left out",
  async () => {
    const host = await start();
    const tree = join(host.home, "tree");
    git(host.work, "worktree", "add", "-q", tree, "-b", "tree");
    const config = { projects: { [host.work]: { hasTrustDialogAccepted: true } } };
    writeFileSync(join(host.home, ".claude.json"), JSON.stringify(config));
    // It stays live for its whole second turn: the tool waits for the file that ends it.
    const done = join(host.home, "done");
    await host.session(["apple"], ["-p", write(join(tree, "file"))]);
    expect(readFileSync(join(tree, "file"), "utf8")).toBe("one\n");
    await host.session(["pear", "--project", tree], ["-p", write(join(tree, "new.txt"))]);
    const waits = `RUN:${binary} session check --json; while ! test -e ${done}; do sleep 0.1; done`;
    const child = spawn(
      host.launcher,
      [
        "--resume",
        "pear",
        "--project",
        host.work,
        "--",
        "--permission-mode",
        "acceptEdits",
        "--allowedTools",
        "Bash",
        "-p",
        waits,
      ],
      { cwd: host.work, env: host.env, stdio: ["ignore", "pipe", "pipe"] },
    );
    onTestFinished(() => void mkdirSync(done, { recursive: true }));
    const ended = new Promise((resolve) => child.on("close", resolve));
    let answer = "";
    child.stdout.on("data", (data) => answer += data);
    const found = await eventually(
      () => ops(host, "session", "check", tree),
      ({ level }) => level === "dangerous",
    );
    expect(found.others[0]).toMatchObject({
      name: "pear",
      pid: child.pid,
      worktree: host.work,
      edits: [join(tree, "new.txt")],
    });
    await new Promise((resolve) => setTimeout(resolve, 1000));
    mkdirSync(done);
    await ended;
    expect(answer).toContain('\\"level\\":\\"safe\\"');
  },
  90_000,
);

test("a conversation of another script's directory is adopted and goes on by name", async () => {
  const host = await start();
  const directory = join(host.shared, "sessions", crypto.randomUUID());
  mkdirSync(directory, { recursive: true });
  const first = await host.run(host.env.CLAUDE_OPS_CLAUDE!, ["-p", "remember the cherries"], {
    CLAUDE_CONFIG_DIR: directory,
  });
  expect(first).toMatchObject({ status: 0 });
  const before = execFileSync("find", [directory, "-type", "f", "-not", "-name", "session.json"], {
    encoding: "utf8",
  });
  const { found, adopted } = await ops(host, "session", "adopt", "--yes");
  expect(found).toMatchObject([{
    cwd: host.work,
    lastPrompt: "remember the cherries",
    version: claudeVersion,
  }]);
  expect(
    execFileSync("find", [directory, "-type", "f", "-not", "-name", "session.json"], { encoding: "utf8" }),
  ).toBe(before);
  const resumed = await host.session(["--resume", adopted[0].name], ["-p", "which fruit?"]);
  expect(resumed).toMatchObject({ status: 0, stdout: "understood\n" });
  expect(host.transcripts(adopted[0].name)).toHaveLength(1);
  expect(readFileSync(host.transcripts(adopted[0].name)[0]!, "utf8")).toMatch(/cherries[^]*which fruit/);
}, 60_000);

test(
  "on a terminal a start asks; cancelled it leaves nothing, and a worktree of its own is one key away",
  async () => {
    const host = await start();
    const config = { projects: { [host.work]: { hasTrustDialogAccepted: true } } };
    writeFileSync(join(host.home, ".claude.json"), JSON.stringify(config));
    for (const pane of ["first", "second"]) {
      host.tmux("-f", "/dev/null", "new-session", "-d", "-x", "120", "-y", "40", "-s", pane, "sh");
    }
    onTestFinished(() => void host.tmux("kill-server"));
    const screen = (pane: string) => Promise.resolve(host.tmux("capture-pane", "-p", "-t", pane));
    const see = (pane: string, what: string | RegExp) =>
      eventually(
        () => screen(pane),
        (text) => typeof what === "string" ? text.includes(what) : what.test(text),
      );
    const type = (pane: string, line: string) => {
      host.tmux("send-keys", "-t", pane, "-l", line);
      host.tmux("send-keys", "-t", pane, "Enter");
    };
    type("first", `${host.launcher} login -- --permission-mode manual`);
    await see("first", "manual mode on");
    const line = `clear; ${host.launcher} pay -- --permission-mode manual; echo "ended with $?"`;
    const question = "Which one? [s/w/c]";
    const ways: [string, string | RegExp][] = [
      ["C-c", /\[s\/w\/c\]\s*\n[$#]/],
      ["C-d", "ended with 1"],
      ["c", "ended with 1"],
      ["", "ended with 1"],
    ];
    for (const [keys, seen] of ways) {
      type("second", line);
      expect(await see("second", question)).toContain("risky: login works in this worktree too");
      host.tmux(
        "send-keys",
        "-t",
        "second",
        ...(keys === "" ? ["Enter"] : keys === "c" ? ["c", "Enter"] : [keys]),
      );
      await see("second", seen);
      type("second", "clear");
      expect(host.records().map(({ name }) => name)).toEqual(["login"]);
      expect(git(host.work, "branch", "--format=%(refname:short)")).toBe("main");
    }
    type("second", line);
    await see("second", question);
    type("second", "w");
    const inline = await see("second", "manual mode on");
    // Claude Code may draw on the alternate screen: then ours is on the other one, which comes back when it ends.
    const behind = host.tmux("capture-pane", "-p", "-a", "-q", "-t", "second");
    expect(inline + behind).toContain("also on this project: login on main");
    expect(host.record("pay")).toMatchObject({ cwd: `${host.work}.worktrees/pay`, project: host.work });
    // Nothing of ours reads the terminal any more: what is typed reaches Claude Code, key by key.
    host.tmux("send-keys", "-t", "second", "-l", "the quick brown fox");
    expect(await see("second", "the quick brown fox")).not.toContain("trust this folder");
  },
  90_000,
);
