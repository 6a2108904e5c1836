import { lstatSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import semver from "semver";
import { reportedVersion } from "../claude/probe.ts";
import { changeState, type Held, readState } from "./state.ts";
import { switchNow } from "./switch.ts";
import type { Versions } from "./versions.ts";

/** A home where nothing can be written. */
const NOWHERE = "/proc";

/** Why a version does not start on this host, tried twice; undefined when it does. */
export async function whyNotStarting(versions: Versions, version: string): Promise<string | undefined> {
  return await attempt(versions, version) && await attempt(versions, version);
}

async function attempt(versions: Versions, version: string): Promise<string | undefined> {
  try {
    const program = versions.executable(version);
    const said = await reportedVersion(program, NOWHERE);
    return said === version ? undefined : "it does not say that it is this version";
  } catch (error) {
    const { killed, signal, code } = error as { killed?: boolean; signal?: string; code?: unknown };
    return killed
      ? "it did not answer in time"
      : signal
      ? `it was ended by ${signal}`
      : `it failed (${code})`;
  }
}

export interface Healed {
  from: string;
  to: string;
  reason: string;
}

/**
 * Goes back by itself when the current version does not start: to the one before, else to the newest that does. What
 * does not start either is no better, and where nothing starts the host is the cause: then all stays as it is.
 */
export async function heal(versions: Versions): Promise<Healed | undefined> {
  const current = named(versions);
  if (current === undefined) return undefined;
  const why = await whyNotStarting(versions, current);
  if (why === undefined) return undefined;
  const { previous } = readState(versions.root);
  const others = (await versions.list()).reverse().filter((version) => version !== current);
  const order = [...others.filter((version) => version === previous), ...others];
  for (const version of order) {
    if (await attempt(versions, version) !== undefined) continue;
    const reason = `it does not start: ${why}`;
    hold(versions, current, reason);
    await switchNow(versions, version);
    return { from: current, to: version, reason };
  }
  return undefined;
}

/** The version that `current` names, whether or not it is there. */
function named(versions: Versions): string | undefined {
  const link = join(versions.root, "current");
  if (!lstatSync(link, { throwIfNoEntry: false })?.isSymbolicLink()) return undefined;
  const version = /^versions\/([^/]+)$/.exec(readlinkSync(link))?.[1];
  return version !== undefined && semver.valid(version) === version ? version : undefined;
}

/** From now on, nothing switches to this version by itself. */
export function hold(versions: Versions, version: string, reason: string): void {
  const { held } = readState(versions.root);
  const one: Held = { version, reason, since: new Date().toISOString() };
  changeState(versions.root, { held: [...held.filter((other) => other.version !== version), one] });
}

/** For a version that somebody asks for by its name. */
export function unhold(versions: Versions, version: string): void {
  const { held } = readState(versions.root);
  if (!held.some((one) => one.version === version)) return;
  changeState(versions.root, { held: held.filter((one) => one.version !== version) });
}
