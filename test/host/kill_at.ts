import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Host } from "./lab.ts";

const LAB = fileURLToPath(new URL("../../scripts/lab", import.meta.url));

/**
 * Runs a program on a host and kills it as it enters its main thread's `nth` system call of one kind, before the call
 * does anything; what the program has started is left alone. strace does it from outside, so the program is the one
 * that people get.
 * @returns whether it came to that, or the program ended before
 */
export async function killAt(host: Host, argv: string[], call: string, nth: number): Promise<boolean> {
  const mark = crypto.randomUUID();
  const stopFirst = 'kill -STOP $$; exec "$@"';
  const program = spawn(LAB, ["exec", `${host.number}`, "sh", "-c", stopFirst, mark, ...argv], {
    stdio: "ignore",
  });
  const ended = new Promise((resolve) => program.once("close", resolve));
  const pid = await until(`${argv[0]} to start`, () => stopped(mark));
  const inject = ["-e", `trace=${call}`, "-e", `inject=${call}:signal=SIGKILL:when=${nth}`];
  const strace = spawn("strace", [...inject, "-p", `${pid}`], { stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  strace.stderr.on("data", (data) => said += data);
  const released = new Promise((resolve) => strace.once("close", resolve));
  await until("strace", () => !/^TracerPid:\t0$/m.test(status(pid)) || undefined);
  process.kill(pid, "SIGCONT");
  await Promise.all([ended, released]);
  return said.includes("+++ killed by SIGKILL +++");
}

/** The stopped process that has this word in its command line. */
function stopped(mark: string): number | undefined {
  return readdirSync("/proc").map(Number).find((pid) =>
    pid && read(`/proc/${pid}/cmdline`).includes(mark) && /^State:\tT/m.test(status(pid))
  );
}

const status = (pid: number) => read(`/proc/${pid}/status`);

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return ""; // it ended
  }
}

/** Asks again and again for up to ten seconds. */
async function until<T>(what: string, ask: () => T | undefined): Promise<T> {
  for (let tries = 0; tries < 1000; tries++) {
    const answer = ask();
    if (answer !== undefined) return answer;
    await setTimeout(10);
  }
  throw new Error(`waited in vain for ${what}`);
}
