import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import type { Config } from "../../config/schema.ts";
import { crowdOn } from "../../host/live.ts";
import type { Installation } from "../../host/installation.ts";
import { managedUsers } from "../../host/records.ts";
import { ownAccount } from "../../runtime/account.ts";
import type { Progress } from "../../updates/fetch_package.ts";
import { npmSettings } from "../../updates/npm_settings.ts";
import type { Scene } from "../../updates/update.ts";
import { appendEvent, type LogFields } from "../../updates/update_log.ts";
import { Versions } from "../../updates/versions.ts";

/** Writes an event down; a log that cannot be written to stops no update, and doctor says so. */
export function logTo(file: string, config: Config): (event: string, fields: LogFields) => void {
  const { max_size: size, max_age: age, keep } = config.log;
  return (event, fields) => {
    try {
      mkdirSync(dirname(file), { recursive: true });
      appendEvent(file, event, fields, new Date(), { size, age, keep });
    } catch {
      // A full disk, or a log that somebody has taken: what happens to versions matters more.
    }
  };
}

/** The machine's or somebody's own versions, with those who work with them. */
export function sceneOf(
  place: Installation,
  config: Config,
  log: Scene["log"],
  progress: Progress,
): Scene {
  const users = place.scope === "system" ? managedUsers() : [];
  return {
    versions: new Versions(place.versions),
    npm: () => npmSettings(),
    crowd: () => crowdOn(place, users),
    whileLive: config.updates.activate_while_live,
    by: caller(),
    log,
    progress,
  };
}

/** Who asked; through sudo, who called it, as sudo says. */
function caller(): string {
  const { name, uid } = ownAccount();
  const through = uid === 0 ? process.env.SUDO_USER : undefined;
  return through && /^[a-z_][a-z0-9_-]{0,31}$/.test(through) && through !== name ? `${through} (sudo)` : name;
}
