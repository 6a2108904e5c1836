import { CronTime } from "cron";
import type { Job } from "./jobs.ts";

/** When cron, or `schedule run`, does a job next after a time. Milliseconds, by this machine's time zone. */
export function nextTime(job: Pick<Job, "cron">, after: number): number {
  return new CronTime(job.cron).getNextDateFrom(new Date(after)).toMillis();
}

/**
 * When a job is due that was last begun at `last`: what was missed meanwhile is made up for once, and what never ran is
 * due now. A time in the future is of a clock that was wrong.
 */
export function dueTime(job: Pick<Job, "cron">, last: number | undefined, now: number): number {
  return last === undefined ? now : nextTime(job, Math.min(last, now));
}
