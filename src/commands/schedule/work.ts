import type { Outcome } from "../../cli/command.ts";
import type { Io } from "../../cli/io.ts";
import { type Cell, renderTable } from "../../cli/output.ts";
import { Exit, Failure } from "../../errors.ts";
import { askUsers, type Unasked } from "../../host/ask_users.ts";
import { detectScope, installation } from "../../host/installation.ts";
import { managedUsers } from "../../host/records.ts";
import { jobNamed, type Keeper } from "../../schedule/jobs.ts";
import { resultOf } from "../../schedule/last_run.ts";
import { type Standing, standings } from "../../schedule/overview.ts";
import { perform } from "../../schedule/perform.ts";
import { age } from "../../sessions/age.ts";
import { layoutOf } from "../../sessions/paths.ts";
import { localTime } from "../../cli/text.ts";
import { askHosts } from "../ask_hosts.ts";
import type { ConnectionOptions } from "../on_hosts.ts";
import { unaskedExit, unaskedLines } from "../unasked.ts";

interface Schedule {
  jobs: Standing[];
  /** Managed users of whom root could learn nothing. */
  unasked?: Unasked[];
}

/** `schedule perform` on this machine. */
export async function performHere(name: string, by: string): Promise<Outcome> {
  const job = jobNamed(name)!;
  const keeper = (["systemd", "cron", "run"] as const).find((known) => known === by) ??
    "hand" satisfies Keeper;
  const run = await perform(job, keeper, `${layoutOf(process.env).ops}/jobs`);
  const { exit, reason, process: _, ...told } = run;
  if (resultOf(run) === "ok") return { data: { job: name, ...told, exit }, exit: exit ?? Exit.failed };
  throw new Failure(`${name} failed: ${reason}`, {
    hint: `claude-ops ${job.arguments.join(" ").replace(" --quiet", "")} tries it again`,
    code: "job-failed",
  });
}

/** `schedule` of this machine: of this user, for root of all managed users instead. */
export async function scheduleHere(io: Io): Promise<Outcome> {
  const users = process.getuid!() === 0 ? managedUsers() : [];
  const found: Schedule = users.length === 0
    ? { jobs: standings(installation(detectScope())) }
    : await jobsOf(users);
  return { data: found, render: () => renderSchedules([found], io), exit: unaskedExit(found.unasked) };
}

/** `schedule TARGET…`: each host tells of its own. */
export async function scheduleOfHosts(
  targets: string[],
  options: ConnectionOptions,
  io: Io,
): Promise<Outcome> {
  return await askHosts<Schedule>(targets, options, io, ["schedule"], {
    render: (schedules) => renderSchedules(schedules, io),
    exit: ({ unasked }) => unaskedExit(unasked),
  });
}

async function jobsOf(users: readonly string[]): Promise<Schedule> {
  const { answers, unasked } = await askUsers(users, ["schedule"]);
  const jobs = answers.flatMap(({ told: { jobs } }): Standing[] => Array.isArray(jobs) ? jobs : []);
  return { jobs, ...(unasked.length > 0 ? { unasked } : {}) };
}

function renderSchedules(schedules: ({ host?: string } & Schedule)[], io: Io): string {
  const rows = schedules.flatMap(({ host, jobs }) => jobs.map((standing) => ({ host, ...standing })));
  const several = schedules.length > 1;
  const columns = [
    ...(several ? [{ title: "HOST", shrink: true }] : []),
    { title: "JOB" },
    { title: "USER", from: 60 },
    { title: "BY", from: 70 },
    { title: "LAST RUN", from: several ? 60 : 50 },
    { title: "RESULT", shrink: true, from: 50 },
    { title: "NEXT RUN" },
  ];
  const cells = rows.map(({ host, job, user, keeper, next, last }): Cell[] => [
    ...(several ? [host ?? ""] : []),
    job,
    user,
    keeper === "none"
      ? { text: "nothing", paint: io.style.yellow }
      : keeper === "run"
      ? "schedule run"
      : keeper,
    last ? `${age(last.at)} ago` : "never",
    resultCell(last, io),
    next ? localTime(next) : { text: "not planned", paint: io.style.yellow },
  ]);
  const table = renderTable(columns, cells, io.columns, io.style.dim);
  const unkept = rows.some(({ keeper }) => keeper === "none");
  const unasked = schedules.flatMap(({ host, unasked = [] }) =>
    unasked.map((one) => ({ ...one, ...(several && host ? { target: host } : {}) }))
  );
  const note = io.style.dim("nothing keeps time here: see claude-ops schedule run --help");
  return [table, ...(unkept ? [note] : []), ...unaskedLines(unasked, io)].join("\n");
}

function resultCell(last: Standing["last"], { style }: Io): Cell {
  if (!last) return "";
  const { result, reason, seconds } = last;
  const took = seconds === undefined ? "" : ` in ${seconds} s`;
  const paint = { ok: style.green, failed: style.red, interrupted: style.red, running: style.cyan }[result];
  return { text: reason ? `${result}: ${reason}` : `${result}${took}`, paint };
}
