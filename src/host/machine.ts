import type { Resource } from "./resource.ts";
import { ROOT } from "./owner.ts";
import { account } from "./resources/account.ts";
import { belongings } from "./resources/belongings.ts";
import { binary } from "./resources/binary.ts";
import { directory } from "./resources/directory.ts";
import { besideOthers } from "./resources/beside_others.ts";
import { file } from "./resources/file.ts";
import { leftovers } from "./resources/leftovers.ts";
import { linger } from "./resources/linger.ts";
import { link } from "./resources/link.ts";
import { sessionCommand } from "./resources/session_command.ts";
import { timer } from "./resources/timer.ts";
import { SYSTEM } from "./layout.ts";
import { recordPath, RECORDS, recordText, type UserRecord } from "./records.ts";
import { JOBS } from "../schedule/jobs.ts";
import { cronLines, serviceUnit, timerUnit, unitName } from "../schedule/units.ts";
import { givenBackProfile } from "./shared.ts";
import { type Scheduler, systemScheduler } from "../schedule/scheduler.ts";
import { sudoersFile } from "./resources/sudoers_file.ts";

export interface MachineOptions {
  /** All managed users of the host: they share one sudoers rule and one schedule. */
  records: readonly UserRecord[];
  /** Those of them whose accounts, records and timers are looked at. */
  users: readonly string[];
  /** The program to put in place. */
  source: string;
  /** `claude` is to mean the managed one, also where another installation has that name. */
  adopt?: boolean;
}

/** Root's part of a host, in the order in which it comes about: what all users share, then what each has. */
export function machineProfile({ records, users, source, adopt }: MachineOptions): Resource[] {
  const scheduler = systemScheduler();
  // In one order, whoever of them is being installed, so that doctor finds what install has written.
  const everybody = records.map((record) => record.user).sort();
  const subjects = records.filter(({ user }) => users.includes(user));
  return [
    // First come, last gone: what is interrupted can be taken up again on the host itself.
    binary(SYSTEM.program, source, ROOT),
    sessionCommand(SYSTEM.session, SYSTEM.program),
    rootDirectory("dir:etc", "configuration directory", SYSTEM.etc, "the operator's wishes are kept there"),
    rootDirectory("dir:users", "list of managed users", RECORDS, "it says whose sessions are looked after", [
      "dir:etc",
    ]),
    ...subjects.map(userRecord),
    ...subjects.flatMap(({ user, created }) => [account(user, created), belongings(user)]),
    ...givenBackProfile(subjects),
    ...(scheduler === "systemd" ? users.map(linger) : []),
    sudoersFile(everybody, users.map((user) => `user:${user}`)),
    rootDirectory("dir:claude-code", "directory of Claude Code", SYSTEM.versions, "Claude Code lives there"),
    rootDirectory(
      "dir:versions",
      "directory of versions",
      `${SYSTEM.versions}/versions`,
      "each version has its place there",
      ["dir:claude-code"],
    ),
    link({
      id: "claude-link",
      title: SYSTEM.claude,
      why: "people who type claude get the managed version",
      path: SYSTEM.claude,
      target: `${SYSTEM.versions}/current/claude`,
      severity: "warning",
      ...besideOthers(
        adopt,
        [["claude-ops", "install", "--system", ...(everybody[0] ? ["--user", everybody[0]] : []), "--adopt"]],
      ),
    }),
    ...schedule(scheduler, users, everybody),
    leftovers(SYSTEM.program, SYSTEM.versions),
  ];
}

/** What root remembers of one user. */
export function userRecord(wanted: UserRecord): Resource {
  return file({
    id: `record:${wanted.user}`,
    title: `record of ${wanted.user}`,
    why: "without it nobody knows that this user is managed",
    path: recordPath(wanted.user),
    mode: 0o644,
    owner: ROOT,
    content: recordText(wanted),
    needs: ["dir:users"],
  });
}

function rootDirectory(
  id: string,
  title: string,
  path: string,
  why: string,
  needs: readonly string[] = [],
): Resource {
  return directory({ id, title, why, path, mode: 0o755, owner: ROOT, removable: true, needs });
}

function schedule(scheduler: Scheduler, users: readonly string[], everybody: readonly string[]): Resource[] {
  if (scheduler === "systemd") {
    const units = JOBS.flatMap((job) => [
      unit(
        unitName(job, "service", "system"),
        serviceUnit(job, { program: SYSTEM.program, manager: "system" }),
      ),
      unit(unitName(job, "timer", "system"), timerUnit(job)),
    ]);
    const needs = units.map((resource) => resource.id);
    return [
      ...units,
      ...users.flatMap((user) =>
        JOBS.map((job) => timer({ job, manager: "system", user, needs: [...needs, `user:${user}`] }))
      ),
    ];
  }
  if (scheduler === "none") return [];
  return [
    file({
      id: "cron",
      title: "cron entries",
      why: "without them nothing is tidied and no update is noticed",
      path: SYSTEM.cron,
      mode: 0o644,
      owner: ROOT,
      content: everybody.map((user) => cronLines(SYSTEM.program, user)).join(""),
      needs: users.map((user) => `user:${user}`),
    }),
  ];
}

function unit(name: string, content: string): Resource {
  return file({
    id: `unit:${name}`,
    title: name,
    why: "the timers rest on it",
    path: `${SYSTEM.units}/${name}`,
    mode: 0o644,
    owner: ROOT,
    content,
  });
}
