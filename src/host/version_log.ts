import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { ownAccount } from "../runtime/account.ts";
import { rootsLog, updateLog } from "../updates/log_place.ts";
import { appendEvent } from "../updates/update_log.ts";
import type { Installation } from "./installation.ts";

/** Is told of a switch to another version of Claude Code. */
export type VersionLog = (from: string | undefined, to: string) => void;

/** Writes switches that no update made where those of updates stand; a log that cannot be written to stops none. */
export function versionLog({ scope, versions, home }: Installation, who: "install" | "doctor"): VersionLog {
  const file = scope === "system" ? rootsLog(versions) : updateLog(`${home}/.claude`);
  return (from, to) => {
    if (from === to) return;
    try {
      mkdirSync(dirname(file), { recursive: true });
      const reason = `claude-ops ${who}`;
      appendEvent(file, "updated", { from: from ?? "none", to, reason, by: ownAccount().name });
    } catch {
      // A full disk: what happens to versions matters more.
    }
  };
}
