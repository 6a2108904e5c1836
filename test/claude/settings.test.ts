import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { Terminal } from "../process/terminal.ts";
import { binary, ClaudeHost } from "./claude_host.ts";
import { MessagesApi } from "./messages_api.ts";

async function start(): Promise<ClaudeHost> {
  const api = await MessagesApi.start();
  onTestFinished(() => api.stop());
  return new ClaudeHost(api.url);
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Starts or resumes a session in a terminal of its own; what it shows first. */
async function open(host: ClaudeHost, cwd: string, ...words: string[]): Promise<[Terminal, string]> {
  const terminal = new Terminal(host.env, cwd, [120, 40]);
  terminal.type(
    `clear; ${host.launcher} ${words.join(" ")} -- --permission-mode manual; echo "ended with $?"`,
  );
  const seen = await terminal.see(/trust this folder|manual mode on|Which one\?/);
  if (!seen.includes("Which one?")) return [terminal, seen];
  terminal.type("s");
  return [terminal, await terminal.see(/trust this folder|manual mode on/)];
}

async function choose(terminal: Terminal, option: string): Promise<void> {
  const chosen = () => terminal.screen.includes(`❯ ${option}`);
  // A dialog takes no keys in its first moments.
  for (let attempt = 0, sent = false; attempt < 20 && !(sent && !chosen()); attempt++) {
    sent = chosen();
    terminal.press(sent ? "Enter" : "Down");
    await pause(500);
  }
}

async function end(terminal: Terminal): Promise<void> {
  await say(terminal, "/exit");
  await terminal.see("ended with 0");
}

async function say(terminal: Terminal, prompt: string): Promise<void> {
  for (const key of prompt) terminal.press(key === " " ? "Space" : key);
  await pause(400);
  terminal.press("Enter");
}

const ops = (host: ClaudeHost, ...words: string[]) => host.run(binary, ["session", ...words]);

test(
  "trust that was accepted in one session is there for the others, live, new and resumed, and nowhere else",
  async () => {
    const host = await start();
    // Asked, and not accepted: nothing is kept of it.
    const [refusing] = await open(host, host.work, "plum");
    await choose(refusing, "No, exit");
    await refusing.see(/ended with \d/);
    const [first, asked] = await open(host, host.work, "apple");
    expect(asked).toContain("Yes, I trust this folder");
    await choose(first, "Yes, I trust");
    await first.see("manual mode on");

    const [second, whileItLives] = await open(host, host.work, "melon");
    expect(whileItLives).not.toContain("trust this folder");
    await end(second);
    await end(first);
    const [third, afterwards] = await open(host, host.work, "cherry");
    expect(afterwards).not.toContain("trust this folder");
    await end(third);
    const [fourth, resumed] = await open(host, host.work, "--resume", "plum");
    expect(resumed).not.toContain("trust this folder");
    await end(fourth);

    const elsewhere = join(host.home, "elsewhere");
    mkdirSync(elsewhere);
    const [, stillAsked] = await open(host, elsewhere, "pear");
    expect(stillAsked).toContain("trust this folder");
    const [, parent] = await open(host, realpathSync(join(host.home, "..")), "quince");
    expect(parent).toContain("trust this folder");
    expect(existsSync(join(host.home, ".claude.json"))).toBe(false);
  },
  120_000,
);

test(
  "an MCP server of one session is in another only once it is shared: in new ones and in those that are resumed",
  async () => {
    const host = await start();
    for (const name of ["apple", "melon"]) await host.session([name], ["-p", "hello"]);
    const words = ["mcp", "add", "-s", "user", "orchard", "-e", "TOKEN=s3cr3t", "--", "/bin/false"];
    expect(await host.claude("apple", words)).toMatchObject({ status: 0 });
    const { stdout: diff } = await ops(host, "diff", "apple");
    expect(diff).toContain("+ mcp:orchard  stdio /bin/false, env TOKEN");
    // Of all that Claude Code has written into its file by now, that is the only thing to bring back.
    expect(diff.match(/^ {2}[+~-]/gm)).toHaveLength(1);
    await host.session(["pear"], ["-p", "hello"]);
    expect((await host.claude("pear", ["mcp", "list"])).stdout).toContain("No MCP servers configured");

    expect(await ops(host, "share", "apple", "--yes")).toMatchObject({
      status: 0,
      stdout: expect.stringContaining("shared mcp:orchard"),
    });
    await host.session(["cherry"], ["-p", "hello"]);
    expect((await host.claude("cherry", ["mcp", "get", "orchard"])).stdout).toMatch(
      /Scope: User config[^]*\/bin\/false/,
    );
    expect((await host.claude("melon", ["mcp", "list"])).stdout).toContain("No MCP servers configured");
    await host.session(["--resume", "melon"], ["-p", "hello"]);
    expect((await host.claude("melon", ["mcp", "list"])).stdout).toContain("orchard");
    expect((await ops(host, "diff")).stdout).toContain("sessions have nothing that is not shared");
    expect(existsSync(join(host.home, ".claude.json"))).toBe(false);
  },
  60_000,
);

test(
  "a permission is granted into the project, for all its worktrees, so nothing of it has to come back",
  async () => {
    const host = await start();
    const repository = join(host.home, "repository");
    const git = (...words: string[]) =>
      execFileSync("git", ["-C", repository, "-c", "user.name=a", "-c", "user.email=a@b", ...words], {
        env: host.env,
        stdio: "pipe",
      });
    mkdirSync(repository);
    git("init", "--quiet");
    git("commit", "--quiet", "--allow-empty", "-m", "first");
    git("worktree", "add", "--quiet", "../tree");
    const [terminal] = await open(host, join(host.home, "tree"), "apple");
    await choose(terminal, "Yes, I trust");
    await terminal.see("manual mode on");
    const prompt = "RUN:wget http://127.0.0.1:9/x";
    await say(terminal, prompt);
    await terminal.see("don’t ask again for: wget");
    await choose(terminal, "2. Yes, and don’t ask again");
    await terminal.see("done:");
    expect(JSON.parse(readFileSync(join(repository, ".claude/settings.local.json"), "utf8"))).toEqual({
      permissions: { allow: ["Bash(wget *)"] },
    });
    const { differences } = JSON.parse((await ops(host, "diff", "apple", "--json")).stdout);
    expect(differences).toEqual([expect.objectContaining({ key: `trust:${repository}` })]);
    const words = ["melon", "--project", repository, "--", "--permission-mode", "manual", "-p", prompt];
    expect((await host.run(host.launcher, words)).stdout).toContain("Connection refused");
  },
  60_000,
);
