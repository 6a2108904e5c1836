import semver from "semver";
import { claudeProcesses } from "../claude/processes.ts";
import { thisPlatform } from "../runtime/platform.ts";
import { fromRegistry } from "./fetch_package.ts";
import { npmSettings } from "./npm_settings.ts";
import { type Manifest, resolve } from "./registry.ts";
import { stage } from "./stage.ts";
import type { Versions } from "./versions.ts";

/** What the registry offers against what is installed. */
export interface Comparison {
  current: string | undefined;
  available: string;
  newer: boolean;
  manifest: Manifest;
}

/** Asks the registry; changes nothing. */
export async function compare(versions: Versions, channel: string): Promise<Comparison> {
  const current = await versions.current();
  const manifest = await resolve(channel, thisPlatform(), await npmSettings());
  const newer = current === undefined || semver.gt(manifest.version, current);
  return { current, available: manifest.version, newer, manifest };
}

export type UpdateResult =
  | { status: "current"; current: string }
  | { status: "updated"; from: string | undefined; to: string }
  /** Staged, and waiting for these processes to end. */
  | { status: "deferred"; from: string | undefined; to: string; waitingFor: number[] };

/**
 * Stages what the channel has and switches to it, if no Claude Code runs anywhere on this machine. Every process counts:
 * sessions, bare ones, background daemons.
 */
export async function update(versions: Versions, channel: string): Promise<UpdateResult> {
  const { current, available, newer, manifest } = await compare(versions, channel);
  if (!newer) return { status: "current", current: current! };
  await stage(versions, fromRegistry(manifest, await npmSettings()));
  const live = claudeProcesses([versions.root]).map(({ pid }) => pid);
  if (live.length > 0) return { status: "deferred", from: current, to: available, waitingFor: live };
  await versions.activate(available);
  return { status: "updated", from: current, to: available };
}
