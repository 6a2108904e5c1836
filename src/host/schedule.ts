/** A thing done again and again for a managed user: told once, for systemd and cron alike. */
export interface Job {
  name: "cleanup" | "update";
  summary: string;
  /** Arguments of claude-ops. */
  arguments: readonly string[];
  /** systemd's OnCalendar. */
  calendar: string;
  /** The same for cron. */
  cron: string;
  /** Spread over this time, so that many hosts do not ask at the same moment. */
  jitter: string;
}

export const JOBS: readonly Job[] = [
  {
    name: "cleanup",
    summary: "Tidy up ended Claude Code sessions",
    arguments: ["cleanup"],
    calendar: "daily",
    cron: "17 4 * * *",
    jitter: "1h",
  },
  {
    name: "update",
    summary: "Keep Claude Code up to date",
    arguments: ["update", "--quiet"],
    calendar: "hourly",
    cron: "37 * * * *",
    jitter: "15min",
  },
];

export interface UnitContext {
  /** Absolute path of the program. */
  program: string;
  /** `system`: a template whose instance is the user; `user`: that user's own service manager. */
  manager: "system" | "user";
}

export function unitName(job: Job, kind: "service" | "timer", manager: "system" | "user", user = ""): string {
  return `claude-ops-${job.name}${manager === "system" ? `@${user}` : ""}.${kind}`;
}

export function serviceUnit(job: Job, { program, manager }: UnitContext): string {
  const lines = [
    "[Unit]",
    `Description=${job.summary}${manager === "system" ? " (%i)" : ""}`,
    "",
    "[Service]",
    "Type=oneshot",
    ...(manager === "system" ? ["User=%i"] : []),
    `ExecStart=${[program, ...job.arguments].join(" ")}`,
    "Nice=19",
    "IOSchedulingClass=idle",
    "TimeoutStartSec=15min",
    // There is something newer (3), or it waits for sessions to end (75): no failure of the job.
    "SuccessExitStatus=3 75",
  ];
  return lines.join("\n") + "\n";
}

export function timerUnit(job: Job): string {
  return [
    "[Unit]",
    `Description=${job.summary}`,
    "",
    "[Timer]",
    `OnCalendar=${job.calendar}`,
    `RandomizedDelaySec=${job.jitter}`,
    "Persistent=true",
    "",
    "[Install]",
    "WantedBy=timers.target",
    "",
  ].join("\n");
}

/** Lines of a crontab; with `user` in the form of /etc/cron.d. */
export function cronLines(program: string, user?: string): string {
  return JOBS.map((job) => [job.cron, ...(user ? [user] : []), program, ...job.arguments].join(" ") + "\n")
    .join("");
}
