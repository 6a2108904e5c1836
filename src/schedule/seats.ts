import { runAsUser } from "../host/as_user.ts";
import { SYSTEM } from "../host/layout.ts";
import { userEnvironment } from "../host/user_environment.ts";
import { managedUsers } from "../host/records.ts";
import { type Account, findAccount } from "../runtime/account.ts";
import { layoutOf } from "../sessions/paths.ts";
import { selfCommand } from "../runtime/self.ts";
import { type Job, JOBS, performWords } from "./jobs.ts";
import { readLastRun } from "./last_run.ts";

/** A job of somebody, as `schedule run` looks after it. */
export interface Seat {
  job: Job;
  /** Whose, where that is not whoever keeps time. */
  user?: string;
  /** When it was begun last, by whomever; milliseconds. */
  lastStart(): Promise<number | undefined>;
  command: readonly string[];
  spawn: { uid?: number; gid?: number; env: NodeJS.ProcessEnv };
}

/** Who keeps time, for whom. */
export interface Office {
  /** Where it is written down who does. */
  directory: string;
  /** Asked again and again: users come and go. */
  seats(): Seat[];
}

/** Each job of this user; for root of a host with managed users, of each of those instead. */
export function office(): Office {
  if (process.getuid!() === 0 && managedUsers().length > 0) {
    const accounts = () =>
      managedUsers().map((user) => findAccount(user)).filter((found) => found !== undefined);
    return {
      directory: SYSTEM.keeping,
      seats: () => accounts().flatMap((account) => JOBS.map((job) => ofUser(account, job))),
    };
  }
  const directory = `${layoutOf(process.env).ops}/jobs`;
  const lastStart = (job: Job) => Promise.resolve(timeOf(readLastRun(directory, job)?.startedAt));
  const own = JOBS.map((job) => ({
    ...common(job),
    lastStart: () => lastStart(job),
    spawn: { env: process.env },
  }));
  return { directory, seats: () => own };
}

function ofUser(account: Account, job: Job): Seat {
  const { uid, gid, name } = account;
  return {
    ...common(job),
    user: name,
    // What is in their home is theirs to read: root follows no link there.
    async lastStart() {
      const { jobs } = await runAsUser(account, ["schedule"], undefined, { limit: 10_000 });
      const told = (Array.isArray(jobs) ? jobs : []).find((one) => Object(one).job === job.name);
      return timeOf(Object(Object(told).last).at);
    },
    spawn: { uid, gid, env: userEnvironment(account) },
  };
}

const common = (job: Job) => ({ job, command: [...selfCommand(), ...performWords(job, "run"), "--json"] });

const timeOf = (iso: unknown) => typeof iso === "string" ? Date.parse(iso) || undefined : undefined;
