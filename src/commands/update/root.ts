import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { errno, Failure, type Problem } from "../../errors.ts";
import { requireRoot } from "../../host/require_root.ts";
import { SYSTEM } from "../../host/layout.ts";
import { ROOT_COMMAND } from "../../host/sudoers.ts";
import { ownAccount } from "../../runtime/account.ts";
import { lastWord } from "../../updates/root_word.ts";
import type { LogFields } from "../../updates/update_log.ts";
import type { UpdateOptions } from "./options.ts";

export interface LoggedEvent {
  event: string;
  fields: LogFields;
}

/**
 * Forgets everything that whoever called through sudo could have chosen and sudo let pass: variables, directory, mask of
 * modes. What root's side does comes from root's own files alone.
 * @throws Failure for anybody but root
 */
export function rootsEnvironment(): void {
  requireRoot();
  const { SUDO_USER } = process.env;
  for (const name of Object.keys(process.env)) delete process.env[name];
  const { home, name } = ownAccount();
  Object.assign(process.env, {
    HOME: home,
    USER: name,
    LOGNAME: name,
    PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    LANG: "C.UTF-8",
    ...(SUDO_USER ? { SUDO_USER } : {}),
  });
  process.chdir("/");
  process.umask(0o022);
}

/**
 * Has root's side bring the host's Claude Code up to date, by root's configuration. Nothing of the request reaches it.
 * @param log is told what root's side did, also before it failed
 * @throws Failure for what only root may decide, and what root's side failed with
 */
export async function fromRootsSide(
  options: UpdateOptions,
  maxWait: number,
  log: (event: string, fields: LogFields) => void,
): Promise<{ status: string }> {
  const own = ["stage", "rollback", "to"].find((name) => options[name as keyof UpdateOptions]);
  if (own) {
    const words = own === "to" ? `--to ${options.to}` : `--${own}`;
    throw new Failure(`the Claude Code of this host is root's: --${own} is for root to say`, {
      code: "roots",
      hint: `as root: claude-ops update ${words}`,
    });
  }
  const deadline = Date.now() + maxWait;
  for (;;) {
    const { answer: { events = [], error, ...last }, switched: { events: _, ...first } = {}, why } =
      await ask();
    for (const { event, fields } of events) log(event, fields);
    // Who only wants to switch does not care whether the registry could be reached.
    const { status, ...more } = last.status === undefined && options.activate ? first : last;
    if (status === undefined) throw failureOf(error, why);
    if (status !== "deferred" || Date.now() >= deadline) return { status, ...more };
    await new Promise((resolve) => setTimeout(resolve, Math.min(5000, deadline - Date.now())));
  }
}

/** Milliseconds that a timer's service may take: root's part of it, which came first, was not longer ago. */
const SERVICE = 15 * 60_000;

interface Answer {
  status?: string;
  events?: LoggedEvent[];
  error?: Problem;
}

interface Said {
  answer: Answer;
  /** What came of switching, which is done before the registry is asked. */
  switched?: Answer;
  /** Why there is no answer, where there is none. */
  why: string;
}

const ask = async (): Promise<Said> => noNewPrivileges() ? ofTheService() : await throughSudo();

function failureOf(error: Problem | undefined, why: string): Failure {
  if (error) return new Failure(error.message, error);
  return new Failure(`root's side of the update did not answer: ${why}`, {
    hint: "claude-ops doctor says whether the sudo rule is in force",
  });
}

/** The kernel lets nothing that we start gain rights (`NoNewPrivs` of proc(5), since Linux 4.10), so sudo cannot work. */
function noNewPrivileges(): boolean {
  return /^NoNewPrivs:\s*1$/m.test(readFileSync("/proc/self/status", "utf8"));
}

/** In our hardened service, root's part has just been done by the service itself: this is what it said. */
function ofTheService(): Said {
  const answer = Object(lastWord(SYSTEM.versions, SERVICE)) as Answer;
  return { answer, why: "sudo cannot be used here, and no timer's service has done root's part lately" };
}

async function throughSudo(): Promise<Said> {
  const child = spawn("sudo", ["-n", ...ROOT_COMMAND], { stdio: ["ignore", "pipe", "pipe"] });
  let [output, complaints] = ["", ""];
  child.stdout.on("data", (data) => output += data);
  child.stderr.on("data", (data) => complaints += data);
  const problem = await new Promise<Error | undefined>((resolve) => {
    child.on("error", resolve);
    child.on("close", () => resolve(undefined));
  });
  if (errno(problem) === "ENOENT") {
    throw new Failure("there is no sudo on this host, so only root updates its Claude Code", {
      code: "roots",
      hint: "as root: claude-ops update",
    });
  }
  const why = complaints.trim().split("\n")[0] || problem?.message || "it was ended";
  try {
    const [first, ...more] = output.trim().split("\n").map((line) => JSON.parse(line) as Answer);
    return { answer: more.at(-1) ?? first!, ...(more.length > 0 ? { switched: first! } : {}), why };
  } catch {
    return { answer: {}, why };
  }
}
