import { chmodSync, existsSync, mkdirSync } from "node:fs";
import { Failure } from "../errors.ts";
import { acquire } from "../runtime/lock.ts";
import { type Crowd, type Occupant, occupants } from "./occupants.ts";
import { switchLock } from "./switch_lock.ts";
import { changeState, clearWaiting, readWaiting, type Waiting, waitingFile, writeWaiting } from "./state.ts";
import type { Versions } from "./versions.ts";

/** Milliseconds that whoever switches waits for another one who does: it takes a few. */
const patience = 5000;
/** Milliseconds that starts are given to become Claude Code, or not, before they count as in the way. */
const starting = 300;

/** Does work under it. Everybody may see who holds it, so that starts can wait for that. */
export async function switching<T>(root: string, work: () => Promise<T>): Promise<T> {
  mkdirSync(switchLock(root), { recursive: true });
  chmodSync(switchLock(root), 0o755);
  const release = acquire(switchLock(root), patience);
  try {
    return await work();
  } finally {
    release();
  }
}

/** Who is in the way, once those that are just starting have had a moment to become Claude Code. */
export async function inTheWay(root: string, crowd: Crowd): Promise<Occupant[]> {
  for (const deadline = Date.now() + starting;;) {
    const found = occupants(root, crowd);
    if (!found.some((each) => each.starting) || Date.now() > deadline) return found;
    await new Promise((resolve) => setTimeout(resolve, 15));
  }
}

/**
 * Writes down that a version waits; one that has waited already goes on waiting since then. Under the lock only, as all
 * that is done to that file: who takes it away must not take it from somebody who is just switching.
 */
function wait(root: string, version: string, forWhom: Occupant[] = []): Waiting {
  const before = readWaiting(root);
  const since = before?.version === version ? before.since : new Date().toISOString();
  const waiting = { version, since, for: forWhom };
  if (JSON.stringify(before) !== JSON.stringify(waiting)) writeWaiting(root, waiting);
  return waiting;
}

export interface Switched {
  from: string | undefined;
  to: string;
}

/**
 * Switches to a version while nobody runs Claude Code, or leaves it waiting. Nobody who starts meanwhile gets between:
 * first it is said that a switch may come (`waiting.json`), then it is looked who is there, then it is switched. A start
 * shows itself first (`hold.ts`) and then looks for that file: so at least one of the two sees the other.
 * @throws Failure `version-missing`
 */
export async function switchWhenIdle(
  versions: Versions,
  version: string,
  crowd: Crowd,
): Promise<Switched | Waiting> {
  await versions.prepare();
  if (!await versions.has(version)) throw missing(version);
  return await switching(versions.root, async () => {
    wait(versions.root, version, readWaiting(versions.root)?.for);
    const others = (await inTheWay(versions.root, crowd)).filter(({ contained }) => !contained);
    return others.length > 0 ? wait(versions.root, version, others) : await change(versions, version);
  });
}

/** Leaves a version waiting for the next who can switch to it. */
export async function leaveWaiting(
  versions: Versions,
  version: string,
  forWhom?: Occupant[],
): Promise<Waiting> {
  return await switching(
    versions.root,
    () => Promise.resolve(wait(versions.root, version, forWhom ?? readWaiting(versions.root)?.for)),
  );
}

/** What waits, once what does not any more is forgotten: what is current, and what is not wanted. */
export async function stillWaiting(
  versions: Versions,
  wanted: (version: string) => boolean = () => true,
): Promise<Waiting | undefined> {
  if (!existsSync(waitingFile(versions.root))) return undefined;
  return await switching(versions.root, async () => {
    const waiting = readWaiting(versions.root);
    if (waiting && waiting.version !== await versions.current() && wanted(waiting.version)) return waiting;
    clearWaiting(versions.root);
    return undefined;
  });
}

/** Switches at once: what runs goes on with the version that it has, since versions never change. */
export async function switchNow(versions: Versions, version: string): Promise<Switched> {
  await versions.prepare();
  return await switching(versions.root, async () => await change(versions, version));
}

async function change(versions: Versions, version: string): Promise<Switched> {
  const from = await versions.current();
  if (from !== version) {
    // Known before it happens: killed in between, a roll back goes where it would have gone.
    if (from !== undefined) changeState(versions.root, { previous: from });
    await versions.activate(version);
  }
  clearWaiting(versions.root);
  return { from, to: version };
}

function missing(version: string): Failure {
  return new Failure(`Claude Code ${version} is not on this host`, {
    code: "version-missing",
    hint: `fetch it with: claude-ops update --stage --to ${version}`,
  });
}
