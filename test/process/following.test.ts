import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect, onTestFinished, test } from "vitest";
import { SessionHost } from "../unit/session_host.ts";

/** Milliseconds of processor that a process has used (proc_pid_stat(5), 100 ticks a second). */
function used(pid: number): number {
  const [user, system] = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)!.split(" ").slice(
    11,
    13,
  );
  return 10 * (Number(user) + Number(system));
}

/** Waits until a program has printed something. */
const said = (child: ChildProcess, what: string) =>
  new Promise<void>((resolve) => {
    let text = "";
    child.stdout!.on("data", (data) => (text += data).includes(what) && resolve());
  });

test(
  "who follows events or watches a value sleeps until there is something, and hears of it then",
  async () => {
    const host = new SessionHost("exit 0");
    const run = async (...words: string[]) => expect(await host.run(...words)).toMatchObject({ status: 0 });
    const follow = (...words: string[]) => {
      const [program, ...args] = host.command(...words);
      const child = spawn(program!, args, {
        env: host.env,
        cwd: host.work,
        stdio: ["ignore", "pipe", "inherit"],
      });
      onTestFinished(() => void process.kill(child.pid!, "SIGKILL"));
      return child;
    };
    await run("event", "deployed", "first");
    await run("state", "set", "shop", "plan", '"first"');
    const followers = [follow("events", "-f"), follow("state", "watch", "shop", "--json")];
    await Promise.all(followers.map((child) => said(child, "first")));
    // What they do once after that they have done by now, or hear of here.
    const settled = followers.map((child) => said(child, "second"));
    await run("event", "deployed", "second");
    await run("state", "set", "shop", "plan", '"second"');
    await Promise.all(settled);
    const before = followers.map(({ pid }) => used(pid!));
    await new Promise((resolve) => setTimeout(resolve, 2000));
    for (const [i, { pid }] of followers.entries()) expect(used(pid!) - before[i]!).toBeLessThanOrEqual(100);
  },
  30_000,
);
