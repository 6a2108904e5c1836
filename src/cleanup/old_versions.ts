import { existsSync } from "node:fs";
import { type Installation } from "../host/installation.ts";
import { crowdOn } from "../host/live.ts";
import { managedUsers } from "../host/records.ts";
import { Measure } from "../runtime/measure_tree.ts";
import { updateLog } from "../updates/log_place.ts";
import { removeOld, unneeded } from "../updates/prune.ts";
import { appendEvent } from "../updates/update_log.ts";
import { Versions } from "../updates/versions.ts";
import type { Action } from "./carry_out.ts";

const reason = "nobody runs it any more";

/** Removes, or with `dryRun` only names, versions of Claude Code that nobody needs, where they are this user's to remove. */
export async function oldVersions(place: Installation, dryRun: boolean): Promise<Action[]> {
  if (place.scope === "home" || !existsSync(place.versions)) return [];
  const versions = new Versions(place.versions);
  const crowd = await crowdOn(place, place.scope === "system" ? managedUsers() : []);
  const measure = new Measure();
  const old = await unneeded(versions, crowd);
  const sizes = new Map(old.map((version) => [version, measure.of(`${place.versions}/versions`, version)]));
  const removed = dryRun ? old : await removeOld(versions, crowd);
  if (!dryRun) {
    const log = updateLog(`${place.home}/.claude`);
    for (const version of removed) appendEvent(log, "removed", { version, reason });
  }
  return removed.map((version) => ({
    kind: "version",
    id: `${place.versions}/versions/${version}`,
    name: `Claude Code ${version}`,
    reason,
    action: "remove",
    archived: false,
    freed: sizes.get(version) ?? 0,
  }));
}
