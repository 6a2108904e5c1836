import { mkdirSync, readFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { Exit, Failure } from "../errors.ts";
import { acquire, holderOf } from "../runtime/lock.ts";
import type { Report } from "./resource.ts";

/** Root's own, and gone with each boot. */
const LOCK = "/run/claude-ops/turn";
/** Milliseconds that another operator's work is waited for; most of an install takes seconds. */
const PATIENCE = 120_000;

/**
 * Does what changes a whole machine while nobody else does: of two operators one waits, and is told for whom.
 * @throws {Failure} with exit status 75 after two minutes
 */
export async function inTurn<T>(report: Report, work: () => Promise<T>): Promise<T> {
  mkdirSync("/run/claude-ops", { recursive: true, mode: 0o755 });
  const release = await wait(report);
  try {
    return await work();
  } finally {
    release();
  }
}

async function wait(report: Report): Promise<() => void> {
  const step = { id: "turn", title: "another operator's turn", changed: false };
  let waited = false;
  for (const deadline = performance.now() + PATIENCE;;) {
    try {
      const release = acquire(LOCK, 0);
      if (waited) report({ ...step, status: "ok" });
      return release;
    } catch (error) {
      if (!(error instanceof Failure) || error.code !== "locked") throw error;
      const who = describeHolder();
      if (performance.now() > deadline) throw busy(who);
      if (!waited) report({ ...step, status: "running", detail: `waiting for ${who}` });
      waited = true;
    }
    await setTimeout(250);
  }
}

function busy(who: string): Failure {
  return new Failure(`this host is being set up by ${who}`, {
    hint: "try again when that has ended",
    exit: Exit.busy,
    code: "locked",
  });
}

/** Who holds the turn, by what sshd and sudo left in the environment of its process. */
function describeHolder(): string {
  const pid = holderOf(LOCK)?.pid;
  if (pid === undefined) return "somebody else";
  const from = variable(pid, "SSH_CONNECTION")?.split(" ")[0] ?? variable(pid, "SSH_CLIENT")?.split(" ")[0];
  const user = variable(pid, "SUDO_USER");
  return `${user ?? "somebody"}${from ? ` from ${from}` : " on this machine"} (process ${pid})`;
}

function variable(pid: number, name: string): string | undefined {
  try {
    const entry = readFileSync(`/proc/${pid}/environ`, "utf8").split("\0").find((entry) =>
      entry.startsWith(`${name}=`)
    );
    return entry?.slice(name.length + 1);
  } catch {
    return undefined; // it has ended meanwhile
  }
}
