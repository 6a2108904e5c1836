import { existsSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { bareClaudes } from "../../claude/bare.ts";
import { versionsRoots } from "../../claude/executable.ts";
import type { Config } from "../../config/schema.ts";
import { countSessions } from "../../sessions/list.ts";
import { layoutOf } from "../../sessions/paths.ts";
import { hasTool } from "../command.ts";
import type { Installation } from "../installation.ts";
import { SYSTEM } from "../layout.ts";
import type { Check } from "../resource.ts";
import { claudeRuns, claudeVersion, registryAnswers } from "./claude.ts";
import { damagedDatabase, database, databaseBackup } from "./database.ts";
import { foreignClaude, ownBeforeHost } from "./foreign_claude.ts";
import { bareClaude, detachedLogins, endedSessions, isolation, login } from "./home.ts";
import { jobsRun } from "./jobs.ts";
import { logWritable } from "./log.ts";
import { clock, diskSpace, memory, stateFileSystem } from "./machine.ts";
import { inPath } from "./path.ts";
import { sudoEffective } from "./sudo.ts";
import { trashSize } from "./trash.ts";
import { heldBack, lastCheck, updateWaits } from "./updates.ts";
import { writable } from "./writable.ts";

/** What has no desired state to bring about, for the machine as a whole. */
export function machineChecks(place: Installation, config: Config, users: readonly string[] = []): Check[] {
  return [
    clock(),
    writable(
      place.scope === "system" ? [SYSTEM.etc, dirname(place.program), place.versions] : [place.versions],
    ),
    diskSpace(place.versions, config.doctor.min_disk),
    memory(config.doctor.min_memory),
    registryAnswers(users),
    claudeVersion(place.versions),
    claudeRuns(place.versions),
    updateWaits(place.versions, config.doctor.max_wait),
    lastCheck(place.versions),
    heldBack(place.versions),
    ...(place.scope === "system" ? [foreignClaude(undefined, [place.versions], process.env)] : []),
    // Without sudo there is no rule either, and the rule's own line says so.
    ...(hasTool("sudo") || existsSync(SYSTEM.sudoers) ? users.map(sudoEffective) : []),
    ...(place.scope === "personal" ? [inPath(dirname(place.program), process.env.PATH)] : []),
  ];
}

/** The same for one user's home. */
export function homeChecks(place: Installation, config: Config): Check[] {
  const { home, scope, versions } = place;
  const layout = layoutOf({ HOME: home });
  const roots = versionsRoots(home, process.env);
  return [
    writable([layout.shared]),
    stateFileSystem(layout.ops),
    database(layout.ops),
    databaseBackup(layout.ops),
    damagedDatabase(layout.ops),
    // Where the versions are on the same disk, that was looked at already.
    ...(onOneDisk(layout.home, versions)
      ? []
      : [{ ...diskSpace(layout.home, config.doctor.min_disk), id: "disk-home" }]),
    login(layout.shared),
    detachedLogins(layout.shared),
    isolation(layout.shared),
    foreignClaude(home, roots, loginEnvironment(home)),
    ...(scope === "home" ? [ownBeforeHost(roots[0]!, versions)] : []),
    logWritable(layout.shared),
    ...jobsRun(place),
    bareClaude(() => bareClaudes(roots, () => false), layout.shared),
    endedSessions(() => {
      const { live, ended } = countSessions(layout);
      return { live, dead: ended };
    }),
    trashSize(layout, config.doctor.max_trash),
  ];
}

/** Asked by root, or by cron, PATH lacks what most distributions' ~/.profile puts first at a login. */
function loginEnvironment(home: string): NodeJS.ProcessEnv {
  const [bin, PATH = ""] = [`${home}/.local/bin`, process.env.PATH];
  return PATH.split(":").includes(bin) ? process.env : { ...process.env, PATH: `${bin}:${PATH}` };
}

function onOneDisk(first: string, second: string): boolean {
  const device = (path: string): number =>
    statSync(path, { throwIfNoEntry: false })?.dev ?? (path === "/" ? 0 : device(dirname(path)));
  return device(first) === device(second);
}
