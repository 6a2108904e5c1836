import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { identityOf } from "../runtime/process.ts";
import { selfCommand } from "../runtime/self.ts";
import type { Job, Keeper } from "./jobs.ts";
import { beginRun, type LastRun, resultOf, writeRun } from "./last_run.ts";

/**
 * Does a job in a process of its own, and writes down how it went. Signals that end us go to it first.
 * @param directory where that is written down
 * @throws Failure with exit status 75 where the job runs already
 */
export async function perform(job: Job, by: Keeper, directory: string): Promise<LastRun> {
  const run = beginRun(directory, job, by, process.pid);
  const [program, ...words] = [...selfCommand(), ...job.arguments, "--json"];
  const child = spawn(program!, words, { cwd: "/", stdio: ["ignore", "pipe", "pipe"] });
  const passOn = (signal: NodeJS.Signals) => child.kill(signal);
  const signals = ["SIGTERM", "SIGINT", "SIGHUP"] as const;
  for (const signal of signals) process.on(signal, passOn);
  const said = listen(child);
  // Were we killed, it would go on, and must still be known to run.
  const itself = child.pid === undefined ? undefined : identityOf(child.pid);
  if (itself) writeRun(directory, job, { ...run, process: itself });
  const status = await new Promise<number | string>((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("close", (code, signal) => resolve(code ?? `ended by ${signal}`));
  });
  for (const signal of signals) process.off(signal, passOn);
  const exit = typeof status === "number" ? status : null;
  const ended: LastRun = { ...run, endedAt: new Date().toISOString(), exit };
  if (resultOf(ended) !== "ok") {
    ended.reason = said() ?? (exit === null ? String(status) : `exit status ${exit}`);
  }
  writeRun(directory, job, ended);
  return ended;
}

/** What it said of its failure: in its last line of JSON, or at the end of stderr. */
function listen(child: ReturnType<typeof spawn>): () => string | undefined {
  let last = "";
  let complaints = "";
  createInterface({ input: child.stdout! }).on("line", (line) => last = line.length < 1 << 20 ? line : "");
  child.stderr!.on("data", (data) => complaints = (complaints + data).slice(-4096));
  return () => {
    try {
      const { error } = JSON.parse(last);
      if (typeof error?.message === "string") return error.message;
    } catch {
      // It did not come to saying anything.
    }
    return complaints.trim().split("\n").at(-1) || undefined;
  };
}
