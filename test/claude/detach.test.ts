import { spawnSync } from "node:child_process";
import { readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { identityOf, isAlive } from "../../src/runtime/process.ts";
import { memoryOf } from "../../src/runtime/process_memory.ts";
import { Terminal } from "../process/terminal.ts";
import { binary, ClaudeHost } from "./claude_host.ts";
import { MessagesApi } from "./messages_api.ts";

async function start(): Promise<ClaudeHost> {
  const api = await MessagesApi.start();
  onTestFinished(() => api.stop());
  const host = new ClaudeHost(api.url);
  host.env.TMUX_TMPDIR = host.home;
  const socket = join(host.home, `tmux-${process.getuid!()}/claude-ops`);
  onTestFinished(() => void spawnSync("tmux", ["-S", socket, "kill-server"]));
  return host;
}

const attach = `exec ${binary} session attach`;

test("Claude Code goes on while nobody is there, and answers whoever attaches next", async () => {
  const host = await start();
  const started = await host.run(host.launcher, ["apple", "--detach", "--", "--permission-mode", "manual"]);
  expect(started).toMatchObject({
    status: 0,
    stderr: "",
    stdout: expect.stringContaining("session apple runs detached"),
  });
  const { identity } = host.record("apple");
  expect(identityOf(identity.pid)).toEqual(identity);
  expect(readlinkSync(`/proc/${identity.pid}/exe`)).toBe(host.env.CLAUDE_OPS_CLAUDE);

  const first = new Terminal({ ...host.env, PS1: "$ " }, host.work);
  first.type(`${attach} apple; exit`);
  await first.see("Yes, I trust this folder");
  // The dialog takes no keys in its first moments.
  for (let i = 0; i < 20 && !first.screen.includes("❯ Yes, I trust"); i++) {
    first.press("Down");
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  first.press("Enter");
  await first.see("manual mode on");
  await say(first, "remember the cherries");
  expect(await first.see("understood")).toContain("Ctrl-Q leaves it running");
  // The terminal is gone, as when its connection is cut.
  first.end();

  const second = new Terminal({ ...host.env, PS1: "$ " }, host.work, [80, 24]);
  second.type(`${binary} session attach apple; echo "left with $?"`);
  expect(await second.see("leaves it running")).toContain("remember the cherries");
  await say(second, "and the plums");
  await second.see("and the plums");
  const transcript = () => readFileSync(host.transcripts("apple")[0]!, "utf8");
  for (let i = 0; i < 50 && !transcript().includes("and the plums"); i++) {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  expect(transcript()).toContain("and the plums");
  expect(isAlive(identity)).toBe(true);
  // What admission rests on: an idle session needs less than the 300 MiB that it is given room for.
  const memory = memoryOf([[identity.pid]])[0]! / 2 ** 20;
  expect(memory).toBeGreaterThan(80);
  expect(memory).toBeLessThan(300);
  await say(second, "/exit");
  await second.see("left with 0");
  expect(isAlive(identity)).toBe(false);
}, 90_000);

async function say(terminal: Terminal, text: string): Promise<void> {
  terminal.write(text);
  await new Promise((resolve) => setTimeout(resolve, 400));
  terminal.press("Enter");
}

test("what Claude Code says about arguments that it does not know is shown", async () => {
  const host = await start();
  const failed = await host.run(host.launcher, ["apple", "--detach", "--", "--nonsense"]);
  expect(failed).toMatchObject({ status: 1, stdout: "" });
  expect(failed.stderr).toContain(
    "Claude Code ended at once (1):\nerror: unknown option '--nonsense'\nhint: ",
  );
}, 30_000);
