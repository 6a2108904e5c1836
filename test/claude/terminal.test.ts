import { existsSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { isAlive } from "../../src/runtime/process.ts";
import { ClaudeHost } from "./claude_host.ts";
import { MessagesApi } from "./messages_api.ts";

async function start(): Promise<ClaudeHost> {
  const api = await MessagesApi.start();
  onTestFinished(() => api.stop());
  const host = new ClaudeHost(api.url);
  host.tmux("-f", "/dev/null", "new-session", "-d", "-x", "120", "-y", "40", "-s", "first", "sh");
  onTestFinished(() => void host.tmux("kill-server"));
  return host;
}

const screen = (host: ClaudeHost, pane: string) => host.tmux("capture-pane", "-p", "-t", pane);

async function see(host: ClaudeHost, pane: string, what: string | RegExp): Promise<string> {
  for (let attempt = 0; attempt < 150; attempt++) {
    const text = screen(host, pane);
    if (typeof what === "string" ? text.includes(what) : what.test(text)) return text;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${what} never seen in\n${screen(host, pane)}`);
}

/** Types a line into a pane and sends it, as a person would: text first, the key a moment later. */
async function type(host: ClaudeHost, pane: string, line: string): Promise<void> {
  host.tmux("send-keys", "-t", pane, "-l", line);
  await new Promise((resolve) => setTimeout(resolve, 400));
  host.tmux("send-keys", "-t", pane, "Enter");
}

/** Starts a session at a shell's prompt, in the very process that the shell makes for it; its pid. */
async function launch(host: ClaudeHost, pane: string, name: string): Promise<number> {
  const words = `sh -c 'echo $$ >${name}.pid; exec ${host.launcher} ${name} -- --permission-mode manual'`;
  await type(host, pane, `clear; ${words}; echo "ended with $?"`);
  const screen = await see(host, pane, /trust this folder|manual mode on|Which one\?/);
  if (screen.includes("Which one?")) await type(host, pane, "s");
  await see(host, pane, /trust this folder|manual mode on/);
  return Number(readFileSync(join(host.work, `${name}.pid`), "utf8"));
}

async function acceptTrust(host: ClaudeHost, pane: string): Promise<void> {
  // The dialog takes no keys in its first moments.
  for (let attempt = 0; attempt < 20 && !screen(host, pane).includes("❯ Yes, I trust"); attempt++) {
    host.tmux("send-keys", "-t", pane, "Down");
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  host.tmux("send-keys", "-t", pane, "Enter");
  await see(host, pane, "manual mode on");
}

test(
  "two sessions in two terminals are the processes that their shells started, with histories of their own",
  async () => {
    const host = await start();
    const apple = await launch(host, "first", "apple");
    // The first session in this directory asks for trust, and the answer counts for the second.
    expect(screen(host, "first")).toContain("Yes, I trust this folder");
    await acceptTrust(host, "first");
    host.tmux("new-session", "-d", "-x", "120", "-y", "40", "-s", "second", "sh");
    const melon = await launch(host, "second", "melon");
    expect(screen(host, "second")).not.toContain("trust this folder");

    for (const [pane, name, pid] of [["first", "apple", apple], ["second", "melon", melon]] as const) {
      const { identity } = host.record(name);
      expect(identity.pid).toBe(pid);
      expect(isAlive(identity)).toBe(true);
      expect(readlinkSync(`/proc/${pid}/exe`)).toBe(host.env.CLAUDE_OPS_CLAUDE);
      const tty = host.tmux("display-message", "-p", "-t", pane, "#{pane_tty}").trim();
      expect([0, 1, 2].map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`))).toEqual([tty, tty, tty]);
      await type(host, pane, `I am ${name}`);
      await see(host, pane, "understood");
    }
    for (const [name, other] of [["apple", "melon"], ["melon", "apple"]] as const) {
      const history = readFileSync(join(host.directory(name), "history.jsonl"), "utf8");
      expect(history).toContain(`I am ${name}`);
      expect(history).not.toContain(`I am ${other}`);
    }
    expect(existsSync(join(host.home, ".claude.json"))).toBe(false);

    await type(host, "first", "/exit");
    await see(host, "first", "ended with 0");
    process.kill(melon, "SIGTERM");
    await see(host, "second", "ended with 143");
    expect(["apple", "melon"].map((name) => isAlive(host.record(name).identity))).toEqual([false, false]);
  },
  90_000,
);

test("a terminal that goes away ends its session, and its conversation comes back by name", async () => {
  const host = await start();
  await launch(host, "first", "apple");
  await acceptTrust(host, "first");
  await type(host, "first", "remember the cherries");
  await see(host, "first", "understood");
  const { identity } = host.record("apple");
  host.tmux("new-session", "-d", "-x", "120", "-y", "40", "-s", "second", "sh");
  host.tmux("kill-session", "-t", "first");
  for (let i = 0; i < 100 && isAlive(identity); i++) await new Promise((resolve) => setTimeout(resolve, 100));
  expect(isAlive(identity)).toBe(false);
  await type(host, "second", `clear; ${host.launcher} --resume apple -- --permission-mode manual`);
  expect(await see(host, "second", "manual mode on")).toContain("remember the cherries");
}, 90_000);
