import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { stepFrom } from "../cli/steps.ts";
import { errno, explainFailure, Failure, type Problem, problemFrom } from "../errors.ts";
import { compiled, selfCommand } from "../runtime/self.ts";
import type { Report, Step } from "./resource.ts";
import type { Account } from "../runtime/account.ts";
import { userEnvironment } from "./user_environment.ts";

/**
 * Runs this program as a managed user and reads the JSON lines that it prints: each goes to `onLine`, the last comes
 * back. With `live` each is told at once, and its stdin ends when that is aborted. In a home that belongs to somebody else, root does nothing itself: that is how it follows no planted link.
 * @param options `limit`: milliseconds after which it is ended: what a user owns can keep root waiting for as long as they like
 * @throws Failure when it cannot be started or says nothing that can be read.
 */
export async function runAsUser(
  account: Account,
  args: readonly string[],
  onLine: (line: Record<string, unknown>) => void = () => {},
  { live, limit }: { live?: AbortSignal | undefined; limit?: number } = {},
): Promise<Record<string, unknown>> {
  // Our path may lead through directories that this user may not enter, such as /root.
  const [program, ...words] = compiled ? ["/proc/self/exe"] : selfCommand();
  const child = spawn(program!, [...words, ...args, "--json"], {
    uid: account.uid,
    gid: account.gid,
    cwd: "/",
    env: userEnvironment(account),
    stdio: [live ? "pipe" : "ignore", "pipe", "pipe"],
    ...(limit === undefined ? {} : { timeout: limit, killSignal: "SIGKILL" }),
  });
  child.stdin?.on("error", () => {});
  live?.addEventListener("abort", () => child.stdin?.end());
  const complaints: string[] = [];
  child.stderr!.on("data", (data) => complaints.push(String(data)));
  let last: Record<string, unknown> | undefined;
  createInterface({ input: child.stdout! }).on("line", (line) => {
    let read: Record<string, unknown>;
    try {
      read = JSON.parse(line);
    } catch {
      return;
    }
    if (typeof read !== "object" || read === null) return;
    if (live) onLine(read);
    else if (last) onLine(last);
    last = read;
  });
  // Not by the end of its output, which does not come from what never started (Bun 1.4.5).
  const status = await new Promise<number | string | Error>((resolve) => {
    child.on("error", resolve);
    child.on("close", (code, signal) => resolve(code ?? signal ?? 1));
  });
  if (status instanceof Error) {
    throw new Failure(`${account.name} cannot run claude-ops: ${errno(status) ?? status.message}`, {
      hint: "may everybody read and execute the program?",
      cause: status,
    });
  }
  if (!last) {
    const how = typeof status === "number" ? `ended with status ${status}` : `was ended by ${status}`;
    const guess = status !== "SIGKILL"
      ? "try the same with --verbose on the host"
      : child.killed
      ? `no answer in ${limit! / 1000} s: does a file system of theirs hang?`
      : "was the host out of memory? run the same again";
    throw new Failure(`claude-ops run as ${account.name} ${how} and said nothing`, {
      hint: complaints.join("").trim().split("\n").at(-1) || guess,
    });
  }
  return last;
}

/**
 * The same for work that is told in steps, with the user's name put before each id. Whatever keeps the work from being
 * done becomes a failed step, so that it hinders nothing else.
 */
export async function stepsAsUser(
  account: Account,
  args: readonly string[],
  report: Report,
): Promise<Step[]> {
  const { name } = account;
  const steps: Step[] = [];
  const say = (step: Step) => {
    if (step.status !== "running") steps.push(step);
    report(step);
  };
  let error: Problem | undefined;
  try {
    const summary = await runAsUser(account, args, (line) => {
      const step = stepFrom(line);
      if (step) say({ ...step, id: `${name}/${step.id}` });
    });
    if (!Array.isArray(summary.steps)) {
      error = summary.error === undefined ? { message: "no answer" } : problemFrom(summary.error);
    }
  } catch (thrown) {
    error = explainFailure(thrown);
  }
  if (error) say({ id: `${name}/home`, title: `home of ${name}`, status: "failed", changed: false, error });
  return steps;
}
