import { lstatSync } from "node:fs";
import { SYSTEM } from "../host/layout.ts";
import { type Installation } from "../host/installation.ts";
import { ownAccount } from "../runtime/account.ts";
import { layoutOf } from "../sessions/paths.ts";
import { type Job, type JobName, JOBS } from "./jobs.ts";
import { timeKeeper } from "./keeping.ts";
import { readLastRun, type Result, resultOf } from "./last_run.ts";
import { runtimeDirectory, type Scheduler, systemScheduler, userScheduler } from "./scheduler.ts";
import { type SystemdFacts, systemdFacts } from "./systemd.ts";
import { nextTime } from "./times.ts";

/** How it stands with one job of one user. Times are ISO 8601. */
export interface Standing {
  job: JobName;
  user: string;
  /** What does it: `run` is `claude-ops schedule run`; `none` where nothing does. */
  keeper: "systemd" | "cron" | "run" | "none";
  /** Null where nothing will start it. */
  next: string | null;
  last: { at: string; seconds?: number; result: Result; reason?: string } | null;
  /** Since when somebody should have done it: for one that never ran. */
  since: string | null;
  systemd?: SystemdFacts;
}

/** This user's jobs, by what is in use here. */
export function standings({ scope, home }: Installation, now: number = Date.now()): Standing[] {
  const { ops } = layoutOf({ HOME: home });
  const directory = `${ops}/jobs`;
  const personal = scope === "personal";
  const scheduler: Scheduler = personal ? userScheduler(home, process.env) : systemScheduler();
  const kept = timeKeeper(directory) ?? (personal ? undefined : timeKeeper(SYSTEM.keeping, 0));
  const keeper = kept ? "run" : scheduler;
  const user = ownAccount().name;
  return JOBS.map((job) => {
    const systemd = keeper === "systemd" ? factsOf(job, personal, user) : undefined;
    const next = keeper === "none"
      ? undefined
      : systemd
      ? systemd.next
      : keeper === "systemd"
      ? undefined
      : nextTime(job, now);
    return {
      job: job.name,
      user,
      keeper,
      next: iso(next),
      last: lastOf(job, directory, systemd),
      since: iso(systemd?.since ?? birthOf(ops)),
      ...(systemd ? { systemd } : {}),
    };
  });
}

function factsOf(job: Job, personal: boolean, user: string): SystemdFacts | undefined {
  const environment = { XDG_RUNTIME_DIR: runtimeDirectory(process.env) };
  return personal ? systemdFacts(job, "user", { environment }) : systemdFacts(job, "system", { user });
}

/** What was written down, or what systemd says of a run that did not come that far. */
function lastOf(job: Job, directory: string, systemd: SystemdFacts | undefined): Standing["last"] {
  const run = readLastRun(directory, job);
  const unwritten = systemd?.failure && systemd.last !== undefined &&
    (run === undefined || Date.parse(run.startedAt) < systemd.last - 1000);
  if (unwritten) return { at: iso(systemd.last)!, result: "failed", reason: `systemd: ${systemd.failure}` };
  if (run === undefined) return null;
  const { startedAt: at, endedAt, reason } = run;
  return {
    at,
    ...(endedAt ? { seconds: Math.round((Date.parse(endedAt) - Date.parse(at)) / 100) / 10 } : {}),
    result: resultOf(run),
    ...(reason ? { reason } : {}),
  };
}

const iso = (time: number | undefined) => time === undefined ? null : new Date(time).toISOString();

/** When claude-ops was set up in this home. */
function birthOf(path: string): number | undefined {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  return stat && (stat.birthtimeMs || stat.ctimeMs);
}
