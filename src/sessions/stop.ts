import { readFileSync } from "node:fs";
import { claudeProcesses } from "../claude/processes.ts";
import { Failure } from "../errors.ts";
import { identityOf, isAlive, livenessOf, type ProcessIdentity } from "../runtime/process.ts";
import { quoted } from "./name.ts";
import type { Layout } from "./paths.ts";
import type { SessionRecord } from "./record.ts";

/** Milliseconds that Claude Code gets to end by itself: its SessionEnd hooks may take 1.5 s, more where they say so. */
const patience = 10_000;

export interface Stopped {
  /** `killed`: it did not end by itself. */
  how: "not running" | "ended" | "killed";
  /** The processes that were ended. */
  pids: number[];
}

/**
 * Ends a session and what Claude Code left running of it in the background, and waits until the kernel says so.
 * @param force kill what has not ended within `grace` milliseconds
 * @throws Failure for one that runs elsewhere or does not end
 */
export async function stopSession(
  layout: Layout,
  record: SessionRecord,
  { force, grace = patience }: { force: boolean; grace?: number },
): Promise<Stopped> {
  if (livenessOf(record.identity) === "elsewhere") {
    throw new Failure(`session ${record.name} runs on ${record.identity.host}, or cannot be seen from here`, {
      hint: "stop it there",
      code: "session-elsewhere",
    });
  }
  const targets = processesOf(layout, record);
  const pids = targets.map(({ pid }) => pid);
  if (targets.length === 0) return { how: "not running", pids };
  send("SIGTERM", targets);
  if (await gone(targets, grace)) return { how: "ended", pids };
  if (!force) {
    throw new Failure(
      `session ${record.name} has not ended within ${grace / 1000} s: pid ${pids.join(", ")}`,
      {
        hint: `claude-ops session stop ${quoted(record.name)} --force`,
        code: "session-still-live",
      },
    );
  }
  send("SIGKILL", processesOf(layout, record));
  send("SIGKILL", targets);
  if (await gone(targets, grace)) return { how: "killed", pids };
  throw new Failure(`session ${record.name} cannot be killed: pid ${pids.join(", ")}`, {
    hint: "a process that waits for a disk or a network file system ends when that answers",
  });
}

/** Its own process, and every Claude Code process that was started with its config dir. */
function processesOf(layout: Layout, { id, identity, claude }: SessionRecord): ProcessIdentity[] {
  const variable = `CLAUDE_CONFIG_DIR=${layout.sessions}/${id}`;
  const others = claudeProcesses([claude.path])
    .filter(({ pid }) => pid !== identity.pid && environment(pid).includes(variable))
    .flatMap(({ pid }) => identityOf(pid) ?? []);
  return [...(isAlive(identity) ? [identity] : []), ...others];
}

function environment(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, "utf8").split("\0");
  } catch {
    return [];
  }
}

function send(signal: NodeJS.Signals, targets: readonly ProcessIdentity[]): void {
  for (const target of targets) {
    try {
      if (isAlive(target)) process.kill(target.pid, signal);
    } catch {
      // It ended by itself.
    }
  }
}

async function gone(targets: readonly ProcessIdentity[], limit: number): Promise<boolean> {
  for (const end = performance.now() + limit; performance.now() < end;) {
    if (!targets.some(isAlive)) return true;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  return !targets.some(isAlive);
}
