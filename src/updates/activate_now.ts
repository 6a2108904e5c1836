import { spawnSync } from "node:child_process";
import { crowdOn } from "../host/live.ts";
import { installation } from "../host/installation.ts";
import { ROOT_COMMAND } from "../host/sudoers.ts";
import { ownAccount } from "../runtime/account.ts";
import { activate, recover } from "./activate.ts";
import { isOwn } from "./at_start.ts";
import { updateLog } from "./log_place.ts";
import type { Scene } from "./update.ts";
import { appendEvent, type LogFields } from "./update_log.ts";
import { Versions } from "./versions.ts";

/**
 * Root's side is asked in the background of a shell that ends with its first line: what it does after that, such as
 * asking the registry, nobody waits for, and no child of ours is left. Fixed words; the command comes as arguments.
 */
const FIRST_LINE = '{ "$@" </dev/null 2>/dev/null & } | timeout 3 head -n 1';

/** What root's side says as soon as it knows whether what waits could be switched to. */
interface Said {
  events?: { event: string; fields: LogFields }[];
}

/** Mends and switches what can be at the start of a session, for one who has no time for the registry. */
export async function activateNow(root: string, home: string): Promise<void> {
  const log = (event: string, fields: LogFields) => {
    appendEvent(updateLog(`${home}/.claude`), event, fields);
  };
  if (!isOwn(root)) {
    const asked = spawnSync("/bin/sh", ["-c", FIRST_LINE, "sh", "sudo", "-n", ...ROOT_COMMAND], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
    const said: Said = JSON.parse(asked.stdout);
    for (const { event, fields } of said.events ?? []) log(event, fields);
    return;
  }
  const scene: Scene = {
    versions: new Versions(root),
    crowd: async () => await crowdOn({ ...installation("personal"), home }, []),
    npm: () => Promise.reject(new Error("a start does not ask the registry")),
    whileLive: false,
    by: `a start of ${ownAccount().name}`,
    log,
  };
  await recover(scene);
  await activate(scene);
}
