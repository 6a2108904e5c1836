import { userEnvironment } from "../host/user_environment.ts";
import { managedUsers } from "../host/records.ts";
import { type Account, findAccount } from "../runtime/account.ts";
import { layoutOf } from "../sessions/paths.ts";
import { selfCommand } from "../runtime/self.ts";
import { type Job, JOBS, performWords } from "./jobs.ts";

/** A job of somebody, as `schedule run` looks after it. */
export interface Seat {
  job: Job;
  /** Whose, where that is not whoever keeps time. */
  user?: string;
  /** Where its last run is written down. */
  records: string;
  command: readonly string[];
  spawn: { uid?: number; gid?: number; env: NodeJS.ProcessEnv };
}

/** Each job of this user; for root of a host with managed users, of each of those instead. */
export function seats(jobs: readonly Job[] = JOBS): Seat[] {
  const users = process.getuid!() === 0 ? managedUsers() : [];
  const accounts = users.map((user) => findAccount(user)).filter((account) => account !== undefined);
  return accounts.length === 0
    ? jobs.map((job) => ({ ...common(job, layoutOf(process.env).ops), spawn: { env: process.env } }))
    : accounts.flatMap((account) => jobs.map((job) => ofUser(account, job)));
}

function ofUser(account: Account, job: Job): Seat {
  const { uid, gid, home, name } = account;
  return {
    ...common(job, `${home}/.claude/ops`),
    user: name,
    spawn: { uid, gid, env: userEnvironment(account) },
  };
}

const common = (job: Job, ops: string) => ({
  job,
  records: `${ops}/jobs`,
  command: [...selfCommand(), ...performWords(job, "run"), "--json"],
});
