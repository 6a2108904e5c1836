import { existsSync } from "node:fs";
import { ownAccount } from "../runtime/account.ts";
import { hasTool } from "../host/command.ts";

/** What keeps time here; `none` in a container that has neither. */
export type Scheduler = "systemd" | "cron" | "none";

/** What keeps time for the whole machine. */
export function systemScheduler(): Scheduler {
  if (existsSync("/run/systemd/system")) return "systemd";
  return existsSync("/etc/cron.d") && hasTool("cron") ? "cron" : "none";
}

/** Where the user's own service manager listens: not in the environment of a cron job or of `su`. */
export function runtimeDirectory(env: NodeJS.ProcessEnv): string {
  return env.XDG_RUNTIME_DIR || `/run/user/${process.getuid!()}`;
}

/** What keeps time for the user we run as. */
export function userScheduler(home: string, env: NodeJS.ProcessEnv): Scheduler {
  // Timers and crontab belong to the account: a borrowed HOME must not change them.
  if (home !== ownAccount().home) return "none";
  if (existsSync(`${runtimeDirectory(env)}/systemd/private`)) return "systemd";
  return hasTool("crontab") ? "cron" : "none";
}
