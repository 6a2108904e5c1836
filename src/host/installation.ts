import { existsSync } from "node:fs";
import { ownAccount } from "../runtime/account.ts";
import { SYSTEM, userLayout } from "./layout.ts";
import { managedUsers, recordPath } from "./records.ts";

/**
 * Which installation is meant:
 * `system` — root's, for all managed users of the host;
 * `home` — a managed user's part of that, run as this user;
 * `personal` — somebody's own, without root.
 */
export type Scope = "system" | "home" | "personal";

export interface Installation {
  scope: Scope;
  home: string;
  program: string;
  versions: string;
}

export function installation(scope: Scope): Installation {
  const home = process.env.HOME || ownAccount().home;
  const own = userLayout(home, process.env);
  return scope === "personal"
    ? { scope, home, program: own.program, versions: own.versions }
    : { scope, home, program: SYSTEM.program, versions: SYSTEM.versions };
}

/** The installation that whoever asks has to do with. */
export function detectScope(): Scope {
  if (process.getuid?.() === 0) return managedUsers().length > 0 ? "system" : "personal";
  return existsSync(recordPath(ownAccount().name)) ? "home" : "personal";
}
