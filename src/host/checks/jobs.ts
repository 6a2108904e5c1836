import { readFileSync } from "node:fs";
import { ownAccount } from "../../runtime/account.ts";
import { type Job, JOBS } from "../../schedule/jobs.ts";
import { type Standing, standings } from "../../schedule/overview.ts";
import { age } from "../../sessions/age.ts";
import type { Fix } from "../fix.ts";
import type { Installation } from "../installation.ts";
import type { Check, Difference } from "../resource.ts";

/** Whether each job is done when it should be, and went well the last time, whoever does it. */
export function jobsRun(place: Installation): Check[] {
  // A borrowed HOME has no schedule of its own.
  if (place.scope === "personal" && place.home !== ownAccount().home) return [];
  let all: Standing[] | undefined;
  return JOBS.map((job) => {
    return {
      id: `job:${job.name}`,
      title: `${job.name} as scheduled`,
      why: job.why,
      severity: "warning",
      read() {
        const standing = (all ??= standings(place)).find((one) => one.job === job.name)!;
        const difference = judge(job, standing, Date.now(), bootTime());
        return Promise.resolve(difference && { ...difference, fix: fixOf(standing) });
      },
    };
  });
}

/** The rule, apart from the machine. Times in milliseconds. */
export function judge(job: Job, standing: Standing, now: number, boot: number): Difference | null {
  const { keeper, last, since } = standing;
  if (keeper === "none") {
    return { expected: "systemd, cron or claude-ops schedule run", actual: "nothing keeps time here" };
  }
  if (last?.result === "failed" || last?.result === "interrupted") {
    const why = last.reason ? `: ${last.reason}` : "";
    return { expected: "a last run that went well", actual: `${last.result} ${age(last.at, now)} ago${why}` };
  }
  // What the machine was off for is nobody's fault, and one run may fall out.
  const base = Math.max(Date.parse(last?.at ?? since ?? ""), Date.parse(since ?? "") || 0, boot);
  if (last?.result === "running" || Number.isNaN(base) || now - base < 2.5 * job.period) return null;
  const expected = `a run every ${job.period === 3_600_000 ? "hour" : "day"}`;
  return { expected, actual: last ? `the last one ${age(last.at, now)} ago` : "none so far" };
}

/** What does it once more, so that it is seen why it fails; systemd then says where that is written. */
function fixOf({ keeper, job, systemd }: Standing): Fix {
  if (keeper === "none") return [["claude-ops", "schedule", "run"]];
  if (!systemd) return [["claude-ops", "schedule", "perform", job]];
  const manager = systemd.service.includes("@") ? [] : ["--user"];
  return [["systemctl", ...manager, "start", systemd.service]];
}

function bootTime(): number {
  return Date.now() - 1000 * Number.parseFloat(readFileSync("/proc/uptime", "latin1"));
}
