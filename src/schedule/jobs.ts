/** A thing done again and again for a managed user: told once, for systemd, cron and `schedule run` alike. */
export interface Job {
  name: JobName;
  summary: string;
  /** What goes wrong where it is not done. */
  why: string;
  /** Arguments of claude-ops. */
  arguments: readonly string[];
  /** systemd's OnCalendar. */
  calendar: string;
  /** The same for cron. */
  cron: string;
  /** Milliseconds from one run to the next. */
  period: number;
  /** Spread over this time, so that many hosts do not ask at the same moment. */
  jitter: string;
}

export type JobName = "cleanup" | "update";

const HOUR = 3_600_000;

export const JOBS: readonly Job[] = [
  {
    name: "cleanup",
    summary: "Tidy up ended Claude Code sessions",
    why: "ended sessions fill the disk",
    arguments: ["cleanup"],
    calendar: "daily",
    cron: "17 4 * * *",
    period: 24 * HOUR,
    jitter: "1h",
  },
  {
    name: "update",
    summary: "Keep Claude Code up to date",
    why: "nobody hears of new versions, and what is staged stays so",
    arguments: ["update", "--quiet"],
    calendar: "hourly",
    cron: "37 * * * *",
    period: HOUR,
    jitter: "15min",
  },
];

/** Undefined where there is no job of that name. */
export function jobNamed(name: string): Job | undefined {
  return JOBS.find((job) => job.name === name);
}

/** Who started a run. */
export type Keeper = "systemd" | "cron" | "run" | "hand";

/** The words with which each keeper of time has claude-ops do a job, so that its result is written down. */
export function performWords(job: Job, by: Keeper): string[] {
  return ["schedule", "perform", job.name, "--by", by];
}
