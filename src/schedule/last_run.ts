import { mkdirSync } from "node:fs";
import { Exit, Failure } from "../errors.ts";
import { readOwnFile } from "../runtime/files.ts";
import { exclusively } from "../runtime/lock.ts";
import { identityOf, isAlive, livenessOf, type ProcessIdentity } from "../runtime/process.ts";
import { replaceFile } from "../store/replace_file.ts";
import type { Job, Keeper } from "./jobs.ts";

/** What became of a job the last time, whoever started it. Times are ISO 8601. */
export interface LastRun {
  format: 1;
  by: Keeper;
  startedAt: string;
  /** Of the process that does it; while that lives, no other run begins. */
  process: ProcessIdentity;
  endedAt?: string;
  /** Exit status; null where a signal ended it. */
  exit?: number | null;
  /** Why it failed, in a line. */
  reason?: string;
}

/** `interrupted`: whoever did it is gone without having said how it went. */
export type Result = "ok" | "failed" | "running" | "interrupted";

/** How a run went; one without an end whose process is gone was interrupted. */
export function resultOf(run: LastRun): Result {
  if (run.endedAt !== undefined) return went(run.exit) ? "ok" : "failed";
  return livenessOf(run.process) === "dead" ? "interrupted" : "running";
}

/** Something newer that was only looked for (3), or that waits for sessions to end (75), is no failure. */
const went = (exit: number | null | undefined) =>
  exit === Exit.ok || exit === Exit.findings || exit === Exit.busy;

/** Undefined where the job never ran, or nobody can tell any more. */
export function readLastRun(directory: string, job: Job): LastRun | undefined {
  const text = readOwnFile(pathOf(directory, job), 1 << 16);
  if (typeof text !== "string") return undefined;
  try {
    const read = JSON.parse(text) as LastRun;
    return read.format === 1 && typeof read.startedAt === "string" && read.process ? read : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Takes the job: from now on it runs in process `pid`.
 * @throws Failure with exit status 75 where it runs already
 */
export function beginRun(directory: string, job: Job, by: Keeper, pid: number): LastRun {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  return exclusively(`${directory}/lock`, 10_000, () => {
    const last = readLastRun(directory, job);
    if (last && last.endedAt === undefined && isAlive(last.process) && last.process.pid !== process.pid) {
      throw new Failure(`${job.name} runs already: process ${last.process.pid}, since ${last.startedAt}`, {
        hint: "let it end: see claude-ops schedule",
        exit: Exit.busy,
        code: "running",
      });
    }
    const run: LastRun = {
      format: 1,
      by,
      startedAt: new Date().toISOString(),
      process: identityOf(pid) ?? identityOf(process.pid)!,
    };
    writeRun(directory, job, run);
    return run;
  });
}

/** Puts down a run, in place of the one before. */
export function writeRun(directory: string, job: Job, run: LastRun): void {
  replaceFile(pathOf(directory, job), JSON.stringify(run) + "\n", { mode: 0o600, durable: false });
}

const pathOf = (directory: string, job: Job) => `${directory}/${job.name}.json`;
