import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { judge } from "../../src/host/checks/jobs.ts";
import { logWritable } from "../../src/host/checks/log.ts";
import { identityOf } from "../../src/runtime/process.ts";
import { JOBS } from "../../src/schedule/jobs.ts";
import { beginRun, readLastRun, resultOf, writeRun } from "../../src/schedule/last_run.ts";
import type { Standing } from "../../src/schedule/overview.ts";
import { dueTime, nextTime } from "../../src/schedule/times.ts";
import { cronLines, serviceUnit, timerUnit } from "../../src/schedule/units.ts";
import { scratch } from "./scratch.ts";

const [cleanup, update] = JOBS as [typeof JOBS[number], typeof JOBS[number]];
const at = (text: string) => new Date(text).getTime();

test("systemd, cron and `schedule run` all have claude-ops do the job and write down how it went", () => {
  for (const job of JOBS) {
    const words = `schedule perform ${job.name} --by`;
    for (const manager of ["system", "user"] as const) {
      expect(serviceUnit(job, { program: "/p", manager })).toContain(`\nExecStart=/p ${words} systemd\n`);
    }
    expect(timerUnit(job)).toContain(`OnCalendar=${job.calendar}\n`);
    expect(cronLines("/p", "dev")).toContain(`${job.cron} dev /p ${words} cron\n`);
  }
});

test("root's part of an update takes nothing from the user", () => {
  const unit = serviceUnit(update, { program: "/p", manager: "system" });
  expect(unit.match(/^ExecStartPre=.*$/gm)).toEqual([
    "ExecStartPre=-!/usr/bin/env -i HOME=/root PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin " +
    "/usr/local/bin/claude-ops update --system --json",
  ]);
  for (const other of [serviceUnit(cleanup, { program: "/p", manager: "system" }), cronLines("/p", "dev")]) {
    expect(other).not.toContain("--system");
  }
});

test("a job is due at its next time after the last run, at once for what was missed, and a wrong clock holds nothing up", () => {
  const now = at("2026-05-10T12:00:00");
  expect(nextTime(cleanup, now)).toBe(at("2026-05-11T04:17:00"));
  expect(dueTime(update, at("2026-05-10T11:40:00"), now)).toBe(at("2026-05-10T12:37:00"));
  expect(dueTime(update, at("2026-05-01T11:40:00"), now)).toBeLessThan(now);
  expect(dueTime(update, undefined, now)).toBe(now);
  expect(dueTime(update, at("2030-01-01T00:00:00"), now)).toBe(at("2026-05-10T12:37:00"));
});

test("one run of a job at a time; one whose process is gone is told as interrupted and holds nobody up", () => {
  const jobs = `${scratch()}/jobs`;
  expect(readLastRun(jobs, update)).toBeUndefined();
  const run = beginRun(jobs, update, "hand", process.pid);
  expect(resultOf(readLastRun(jobs, update)!)).toBe("running");
  const other = identityOf(process.ppid)!;
  writeRun(jobs, update, { ...run, process: other });
  expect(() => beginRun(jobs, update, "cron", process.pid)).toThrow(`runs already: process ${other.pid}`);
  writeRun(jobs, update, { ...run, process: { ...other, startTime: 1 } });
  expect(resultOf(readLastRun(jobs, update)!)).toBe("interrupted");
  beginRun(jobs, update, "cron", process.pid);
  for (const [exit, result] of [[0, "ok"], [3, "ok"], [75, "ok"], [1, "failed"], [null, "failed"]] as const) {
    expect(resultOf({ ...run, endedAt: run.startedAt, exit }), String(exit)).toBe(result);
  }
  writeFileSync(`${jobs}/update.json`, '{"format":1');
  expect(readLastRun(jobs, update)).toBeUndefined();
});

test("doctor tells what failed, what nobody does, and what should have run, but not what the machine was off for", () => {
  const now = at("2026-05-10T12:00:00Z");
  const standing = (more: Partial<Standing>): Standing => ({
    job: "update",
    user: "dev",
    keeper: "cron",
    next: null,
    last: null,
    since: "2026-05-01T00:00:00Z",
    ...more,
  });
  const says = (more: Partial<Standing>, boot = 0) => judge(update, standing(more), now, boot)?.actual;
  const last = (
    time: string,
    result: "ok" | "failed" | "running" | "interrupted" = "ok",
    reason?: string,
  ) => ({
    last: { at: time, result, ...(reason ? { reason } : {}) },
  });
  expect(says(last("2026-05-10T11:00:00Z"))).toBeUndefined();
  expect(says(last("2026-05-10T11:00:00Z", "failed", "no network"))).toBe("failed 1 h ago: no network");
  expect(says(last("2026-05-10T11:30:00Z", "interrupted"))).toBe("interrupted 30 min ago");
  expect(says(last("2026-05-09T11:00:00Z"))).toBe("the last one 1 d ago");
  expect(says(last("2026-05-09T11:00:00Z"), at("2026-05-10T11:00:00Z"))).toBeUndefined();
  expect(says({})).toBe("none so far");
  expect(says({ since: "2026-05-10T11:00:00Z" })).toBeUndefined();
  expect(says({ keeper: "none" })).toBe("nothing keeps time here");
});

test("a log that cannot be written is told", async () => {
  const says = async (prepare: (log: string) => void) => {
    const directory = scratch();
    prepare(`${directory}/update.log`);
    return (await logWritable(directory).read())?.actual;
  };
  expect(await says(() => {})).toBeUndefined();
  expect(await says((log) => writeFileSync(log, ""))).toBeUndefined();
  expect(await says((log) => symlinkSync("/dev/null", log))).toContain("a symbolic link");
  expect(await says((log) => mkdirSync(log))).toBe("not a file");
});
