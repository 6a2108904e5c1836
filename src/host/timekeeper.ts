import { systemScheduler } from "../schedule/scheduler.ts";
import type { Report, Step } from "./resource.ts";

/** What is left out is said: nothing is tidied by itself where nobody keeps time. */
export function withoutTimekeeper(report: Report): Step[] {
  if (systemScheduler() !== "none") return [];
  const step: Step = {
    id: "schedule",
    title: "timers",
    status: "skipped",
    changed: false,
    detail: "neither systemd nor cron is here: let claude-ops schedule run be started at boot",
  };
  report(step);
  return [step];
}
