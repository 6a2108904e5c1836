import { join } from "node:path";
import semver from "semver";
import { explainFailure, Failure } from "../errors.ts";
import { acquire } from "../runtime/lock.ts";
import { thisPlatform } from "../runtime/platform.ts";
import { lowerPriority } from "../runtime/priority.ts";
import { fromRegistry, type Progress } from "./fetch_package.ts";
import { hold, unhold } from "./heal.ts";
import type { NpmSettings } from "./npm_settings.ts";
import type { Crowd } from "./occupants.ts";
import { type Manifest, resolve } from "./registry.ts";
import { stage } from "./stage.ts";
import { changeState, readState, type UpdateState } from "./state.ts";
import { leaveWaiting } from "./switch.ts";
import { caution, isDue, type Wish } from "./wish.ts";
import type { LogFields } from "./update_log.ts";
import type { Versions } from "./versions.ts";

/** Where an update happens, and whom it tells. */
export interface Scene {
  versions: Versions;
  npm(): Promise<NpmSettings>;
  /** Who may be in the way. */
  crowd(): Promise<Crowd>;
  /** Also while somebody runs Claude Code. */
  whileLive: boolean;
  /** Who does it. */
  by: string;
  log(event: string, fields: LogFields): void;
  progress?: Progress;
}

/** What the registry offers against what is there. */
export interface Offer {
  current: string | undefined;
  available: string;
  /** It would be switched to. */
  newer: boolean;
}

/** Asks the registry; no version changes. */
export async function look(scene: Scene, wish: Wish): Promise<Offer & { manifest: Manifest }> {
  const { versions } = scene;
  const current = await versions.current();
  const at = new Date().toISOString();
  try {
    const manifest = await resolve(wish.wanted, thisPlatform(), await scene.npm());
    remember({ at, wanted: wish.wanted, available: manifest.version });
    const newer = isDue(wish, manifest.version, current, readState(versions.root));
    scene.log("checked", { current: current ?? "none", available: manifest.version, reason: wish.by });
    return { current, available: manifest.version, newer, manifest };
  } catch (error) {
    remember({ at, wanted: wish.wanted, problem: explainFailure(error).message });
    throw error;
  }

  function remember(checked: NonNullable<UpdateState["checked"]>): void {
    try {
      changeState(versions.root, { checked });
    } catch {
      // The host's versions are root's: who may not write there only wanted to know.
    }
  }
}

/** Fetches a release, at low priority, and leaves it waiting to be switched to. */
export async function fetch(scene: Scene, wish: Wish, manifest: Manifest): Promise<void> {
  const { versions } = scene;
  const note = caution(manifest.version);
  const done = updating(versions);
  try {
    lowerPriority();
    if (wish.by === "--to") {
      unhold(versions, manifest.version);
      const left = await versions.current();
      if (left && semver.gt(left, manifest.version)) {
        hold(versions, left, `left for ${manifest.version} by ${scene.by}`);
      }
    }
    if (await stage(versions, fromRegistry(manifest, await scene.npm()), scene.progress)) {
      scene.log("staged", { version: manifest.version, ...(note ? { reason: note } : {}) });
    }
    await leaveWaiting(versions, manifest.version);
  } finally {
    done();
  }
}

/** Fetching is for one at a time: many at once would fill the disk and ask the registry for the same. */
function updating(versions: Versions): () => void {
  try {
    return acquire(join(versions.root, ".updating"), 0);
  } catch (error) {
    if (!(error instanceof Failure && error.code === "locked")) throw error;
    throw new Failure("another update is on its way", {
      code: "update-running",
      exit: error.exit,
      hint: "wait until it is done, then run the command again",
    });
  }
}
