import { existsSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { isAlive } from "../../src/runtime/process.ts";
import { acceptTrust, launch, screen, see, start, type } from "./panes.ts";

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
