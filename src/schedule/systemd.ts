import { tryRun } from "../host/command.ts";
import type { Job } from "./jobs.ts";
import { unitName } from "./units.ts";

/** What systemd knows of a job. Times in milliseconds. */
export interface SystemdFacts {
  timer: string;
  service: string;
  /** The timer ticks. */
  active: boolean;
  next?: number;
  /** When the timer began to tick. */
  since?: number;
  /** When the service was started last, by whomever. */
  last?: number;
  /** Why its last run failed, in systemd's words, e.g. `exit-code 203`; empty where it did not. */
  failure: string;
}

/** Undefined where systemd does not answer this user. */
export function systemdFacts(
  job: Job,
  manager: "system" | "user",
  { user, environment = {} }: { user?: string; environment?: Record<string, string> },
): SystemdFacts | undefined {
  const timer = unitName(job, "timer", manager, user);
  const service = unitName(job, "service", manager, user);
  const shown = tryRun([
    "systemctl",
    ...(manager === "user" ? ["--user"] : []),
    "show",
    "--property=Id,ActiveState,NextElapseUSecRealtime,ActiveEnterTimestamp,ExecMainStartTimestamp,ExecMainStatus,Result",
    timer,
    service,
    // Times as text are all that older ones give, and this zone is the one in which that can be read.
  ], { ...environment, TZ: "UTC" });
  if (shown.status !== 0) return undefined;
  const units = Object.fromEntries(
    shown.stdout.trim().split("\n\n").map((block) => {
      const facts = Object.fromEntries(block.split("\n").map((line) => line.split(/=(.*)/s, 2)));
      return [facts.Id, facts];
    }),
  );
  const [ofTimer, ofService] = [units[timer] ?? {}, units[service] ?? {}];
  const status = ofService.ExecMainStatus === "0" ? "" : ` ${ofService.ExecMainStatus}`;
  const failed = !["success", "", undefined].includes(ofService.Result);
  return {
    timer,
    service,
    active: ofTimer.ActiveState === "active",
    ...time("next", ofTimer.NextElapseUSecRealtime),
    ...time("since", ofTimer.ActiveEnterTimestamp),
    ...time("last", ofService.ExecMainStartTimestamp),
    failure: failed ? `${ofService.Result}${status}` : "",
  };
}

/** `Sat 2026-11-21 14:00:00 UTC`; empty, `n/a` or `0` for never. */
function time<K extends string>(name: K, text = ""): { [P in K]?: number } {
  const [, day, hour] = /(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d) UTC/.exec(text) ?? [];
  const parsed = Date.parse(`${day}T${hour}Z`);
  return (Number.isNaN(parsed) ? {} : { [name]: parsed }) as { [P in K]?: number };
}
