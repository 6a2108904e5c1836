import type { Outcome } from "../../cli/command.ts";
import type { Io } from "../../cli/io.ts";
import { carryOut, rehearse } from "../../cleanup/carry_out.ts";
import { oldVersions } from "../../cleanup/old_versions.ts";
import { plan } from "../../cleanup/plan.ts";
import { loadConfig } from "../../config/load.ts";
import { Exit, explainFailure, Failure, problemFrom } from "../../errors.ts";
import { runAsUser } from "../../host/as_user.ts";
import { detectScope, installation } from "../../host/installation.ts";
import { managedUsers } from "../../host/records.ts";
import { syncSoon } from "../../memory/sync_soon.ts";
import { isClockBehind } from "../../runtime/clock.ts";
import { findAccount } from "../../runtime/account.ts";
import { layoutOf } from "../../sessions/paths.ts";
import { type ListedAction, type ListedReport, renderReport } from "./report.ts";
import { askHosts } from "../ask_hosts.ts";
import type { ConnectionOptions } from "../on_hosts.ts";
import { readable } from "../readable.ts";

interface Wanted {
  "dry-run": boolean;
}

/** `cleanup` of this machine: of this user's, and for root also of all managed users', each done by that user. */
export async function cleanupHere(wanted: Wanted, io: Io): Promise<Outcome> {
  const users = process.getuid!() === 0 ? managedUsers() : [];
  const reports: ListedReport[] = [await ownReport(wanted)];
  // One after the other: it is in nobody's way, and takes no disk from anybody.
  for (const user of users) reports.push(await reportAs(user, wanted, io));
  return outcomeOf(joined(reports), io);
}

async function ownReport({ "dry-run": dryRun }: Wanted): Promise<ListedReport> {
  const layout = layoutOf(process.env);
  const { cleanup, ...config } = await loadConfig({ system: false });
  const now = Date.now();
  if (isClockBehind(now)) {
    throw new Failure(
      `the clock says ${new Date(now).toISOString().slice(0, 10)}: nobody knows what is old`,
      {
        hint: "set it, for example with: timedatectl set-ntp true",
        code: "clock",
      },
    );
  }
  const found = await plan(layout, { cleanup, ...config }, process.env, now);
  const report = (dryRun ? rehearse : carryOut)(layout, found, { ...cleanup, now });
  // What waits for a service outside is tried again at least once a day.
  if (!dryRun) syncSoon({ cleanup, ...config });
  const versions = await oldVersions(installation(detectScope()), dryRun);
  return joined([report, { dryRun, actions: versions, freed: sum(versions) }]);
}

async function reportAs(user: string, wanted: Wanted, io: Io): Promise<ListedReport> {
  const account = findAccount(user);
  if (!account || account.uid === 0) return joined([]);
  try {
    const report = await runAsUser(account, wordsFor(wanted));
    if (Array.isArray(report.actions)) {
      return marked(readable<ListedReport>(report, (told) => renderReport(told, io)), { user });
    }
    return failed(user, explained(report));
  } catch (error) {
    return failed(user, explainFailure(error).message);
  }
}

/** `cleanup TARGET…`. */
export async function cleanupThere(
  targets: readonly string[],
  options: ConnectionOptions & Wanted,
  io: Io,
): Promise<Outcome> {
  return await askHosts<ListedReport>(targets, options, io, wordsFor(options), {
    render: (reports) => {
      const several = targets.length > 1;
      const all = joined(
        reports.map(({ host, ...report }) => several ? marked(report, { target: host }) : report),
      );
      const tidy = several
        ? reports.filter(({ actions }) => actions.length === 0).map(({ host }) => host)
        : [];
      return renderReport(all, io, tidy);
    },
    exit: exitOf,
  });
}

/** A report of what was removed, which has failed where anything could not be. */
export function outcomeOf(report: ListedReport, io: Io): Outcome {
  return { data: report, render: () => renderReport(report, io), exit: exitOf(report) };
}

const sum = (actions: readonly ListedAction[]) => actions.reduce((total, { freed }) => total + freed, 0);

const exitOf = ({ actions }: ListedReport) =>
  actions.some(({ problem }) => problem !== undefined) ? Exit.failed : Exit.ok;

const wordsFor = ({ "dry-run": dryRun }: Wanted) => ["cleanup", ...(dryRun ? ["--dry-run"] : [])];

function explained({ error }: Record<string, unknown>): string {
  return error === undefined ? "no report came back" : problemFrom(error).message;
}

/** A user whose part could not be done hinders nobody else's. */
function failed(user: string, problem: string): ListedReport {
  const action: ListedAction = {
    kind: "session",
    id: "",
    name: `sessions of ${user}`,
    reason: "cleanup",
    action: "trash",
    archived: false,
    freed: 0,
    problem,
    user,
  };
  return { dryRun: false, actions: [action], freed: 0 };
}

function marked(report: ListedReport, whose: { user?: string; target?: string }): ListedReport {
  return { ...report, actions: report.actions.map((action) => ({ ...action, ...whose })) };
}

function joined(reports: readonly ListedReport[]): ListedReport {
  const later = reports.reduce((total, report) => total + (report.later ?? 0), 0);
  return {
    dryRun: reports.some(({ dryRun }) => dryRun),
    actions: reports.flatMap(({ actions }) => actions),
    freed: reports.reduce((total, { freed }) => total + freed, 0),
    ...(reports.some((report) => report.later !== undefined) ? { later } : {}),
  };
}
