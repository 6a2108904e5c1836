import { existsSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ended, SessionHost, until } from "../unit/session_host.ts";

const host = () => new SessionHost("exit 0");

/** A command that holds the lock `deploy` until it is killed, once it does. */
async function holder(at: SessionHost, name = "held") {
  const file = join(at.work, name);
  const child = at.spawn("lock", "run", "deploy", "--", "sh", "-c", `echo > ${file}; exec sleep 600`);
  await until(() => existsSync(file), "a held lock");
  return child;
}

function hasOpen(pid: number, file: string): boolean {
  const links = `/proc/${pid}/fd`;
  return readdirSync(links).some((fd) =>
    existsSync(`${links}/${fd}`) && readlinkSync(`${links}/${fd}`) === file
  );
}

test("a command under a lock is the very process: its output, status and end by a signal are its own", async () => {
  const at = host();
  const words = ["lock", "run", "deploy", "--", "sh", "-c", "echo $CLAUDE_OPS_LOCK_NUMBER $$; exit 7"];
  const first = await at.run(...words);
  expect(first).toMatchObject({ status: 7, stderr: "", stdout: `1 ${first.pid}\n` });
  expect((await at.run(...words)).stdout).toMatch(/^2 /);
  const child = await holder(at);
  const end = ended(child);
  process.kill(child.pid!, "SIGTERM");
  expect(await end).toMatchObject({ signal: "SIGTERM" });
});

test("who waits gets the lock within a second after its holder is killed with -9", async () => {
  const at = host();
  const child = await holder(at);
  const waiter = at.spawn("lock", "run", "deploy", "--timeout", "20", "--", "date", "+%s%3N");
  const next = ended(waiter);
  await until(() => hasOpen(waiter.pid!, at.layout.ops + "/state.db"), "a waiter");
  const killed = Date.now();
  process.kill(child.pid!, "SIGKILL");
  expect(Number((await next).stdout) - killed).toBeLessThan(1000);
});

test("a stopped holder keeps its lock, and who comes is told for whom", async () => {
  const at = host();
  const child = await holder(at);
  process.kill(child.pid!, "SIGSTOP");
  const refused = await at.run("lock", "run", "deploy", "--timeout", "2", "--", "touch", "never");
  expect(refused).toMatchObject({ status: 75, stdout: "" });
  const held = `sh \\(${child.pid}\\) has had it since [\\d-]+ [\\d:]+`;
  expect(refused.stderr).toMatch(
    new RegExp(`^waiting for lock deploy: ${held}.*\nclaude-ops: lock deploy is taken: ${held}`),
  );
  expect(existsSync(join(at.work, "never"))).toBe(false);
  process.kill(child.pid!, "SIGCONT");
  expect(JSON.parse((await at.run("lock", "list", "--json")).stdout).locks).toMatchObject([{
    pid: child.pid,
  }]);
});

test("many commands under one lock run one after the other, with numbers that grow", async () => {
  const at = host();
  const file = join(at.work, "log");
  writeFileSync(file, "");
  const body = `n=$(wc -l <${file}); sleep 0.02; echo "$n $CLAUDE_OPS_LOCK_NUMBER" >>${file}`;
  const all = await Promise.all(
    Array.from(
      { length: 8 },
      () => at.run("lock", "run", "deploy", "--timeout", "60", "--", "sh", "-c", body),
    ),
  );
  expect(all.map(({ status }) => status)).toEqual(all.map(() => 0));
  const lines = readFileSync(file, "utf8").trim().split("\n").map((line) => line.split(" ").map(Number));
  expect(lines.map(([seen]) => seen)).toEqual(lines.map((_, i) => i));
  const numbers = lines.map(([, number]) => number!);
  expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
}, 60_000);

test("a program that is not there is a shell's 127, and holds nothing", async () => {
  const at = host();
  expect(await at.run("lock", "run", "deploy", "--", "no-such-program")).toMatchObject({ status: 127 });
  expect((await at.run("lock", "list")).stdout).toBe("nothing is locked\n");
});

test("a shell's claim lasts as long as the shell, however it ends", async () => {
  const at = host();
  const [self, ...words] = at.command("claim", "issue:15").map((word) => `'${word}'`);
  const script = `${self} ${words.join(" ")} && exec sleep 600`;
  const { spawn } = await import("node:child_process");
  const shell = spawn("/bin/sh", ["-c", script], {
    env: at.env,
    cwd: at.work,
    stdio: ["ignore", "pipe", "pipe"],
  });
  await new Promise((resolve) => shell.stdout.once("data", resolve));
  expect(await at.run("claim", "issue:15")).toMatchObject({ status: 75 });
  process.kill(shell.pid!, "SIGKILL");
  await ended(shell);
  expect(await at.run("claim", "issue:15")).toMatchObject({ status: 0 });
});
