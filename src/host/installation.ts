import { existsSync } from "node:fs";
import { Exit, Failure } from "../errors.ts";
import { ownAccount } from "../runtime/account.ts";
import { fromAfar } from "./from_afar.ts";
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

/** Where the parts of an installation are, for the user we run as. */
export function installation(scope: Scope): Installation {
  const home = process.env.HOME || ownAccount().home;
  const own = userLayout(home, process.env);
  return scope === "personal"
    ? { scope, home, program: own.program, versions: own.versions }
    : { scope, home, program: SYSTEM.program, versions: SYSTEM.versions };
}

/** @throws Failure where root looks after this account, so that what it does for itself would be half of something */
export function refuseManaged(what: "install" | "uninstall"): void {
  if (detectScope() !== "home") return;
  throw new Failure(`root set up ${ownAccount().name} on this host, so ${what} here is for root to do`, {
    hint: fromAfar(what),
    exit: Exit.usage,
    code: "managed",
  });
}

/** The installation that whoever asks has to do with. */
export function detectScope(): Scope {
  if (process.getuid?.() === 0) return managedUsers().length > 0 ? "system" : "personal";
  return existsSync(recordPath(ownAccount().name)) ? "home" : "personal";
}
