import type { Healed } from "./heal.ts";
import { activate, recover, rollBack, tidy } from "./activate.ts";
import type { Occupant } from "./occupants.ts";
import { readState, readWaiting, type Waiting } from "./state.ts";
import { stillWaiting, type Switched } from "./switch.ts";
import { fetch, look, type Scene } from "./update.ts";
import { caution, type Wish } from "./wish.ts";

export interface UpdateRequest {
  /** `update`: look, fetch and switch; the others are parts of it. */
  mode: "check" | "stage" | "activate" | "update" | "rollback";
  wish: Wish;
  /** Milliseconds to wait for sessions to end. */
  maxWait: number;
  /** How old the registry's last answer may be to do instead of a new one, in milliseconds. */
  answerAge: number;
  /** Told once it is known whether what waited, if anything did, could be switched to: the rest may take long. */
  onActivated?: (result: UpdateResult) => void;
}

export type UpdateResult =
  | { status: "current"; current: string | null; available?: string; note?: string }
  | { status: "available"; current: string | null; available: string; note?: string }
  | { status: "staged"; current: string | null; to: string; note?: string }
  | { status: "updated"; from: string | null; to: string }
  | { status: "rolled-back"; from: string; to: string; reason?: string }
  /** Fetched, and waiting for these to end. */
  | { status: "deferred"; from: string | null; to: string; since: string; waitingFor: Occupant[] };

/** Does what was asked for and says what came of it. May be killed at any moment: the next run goes on from there. */
export async function runUpdate(scene: Scene, request: UpdateRequest): Promise<UpdateResult> {
  const { versions } = scene;
  const { mode, wish } = request;
  if (mode === "check") return await check(scene, wish);
  await versions.prepare();
  if (mode === "rollback") return { status: "rolled-back", ...await rollBack(scene) };
  const healed = await recover(scene);
  // The configuration may name another one by now.
  if (wish.exactly && wish.by !== "--to") await stillWaiting(versions, (version) => version === wish.wanted);
  let done: UpdateResult | undefined;
  if (mode !== "stage") {
    // Who asks for another version does not want this one first.
    if (wish.by !== "--to") done = await told(scene, request, healed);
    if (done) request.onActivated?.(done);
    if (mode === "activate") {
      await tidy(scene);
      return done ?? await current(scene);
    }
  }
  if (await fetched(scene, request) && mode !== "stage") done = await told(scene, request, healed);
  await tidy(scene);
  const waiting = readWaiting(versions.root);
  if (mode === "stage" && waiting) {
    return { status: "staged", current: await versions.current() ?? null, to: waiting.version };
  }
  return done ?? await current(scene);
}

async function check(scene: Scene, wish: Wish): Promise<UpdateResult> {
  const { manifest: _, current, available, newer } = await look(scene, wish);
  const note = newer ? caution(available) : undefined;
  return {
    status: newer ? "available" : "current",
    current: current ?? null,
    available,
    ...(note && { note }),
  };
}

/** Whether there is now something to switch to that was not there before. */
async function fetched(scene: Scene, { wish, answerAge }: UpdateRequest): Promise<boolean> {
  const { checked } = readState(scene.versions.root);
  const age = Date.now() - Date.parse(checked?.at ?? "");
  if (checked?.available && checked.wanted === wish.wanted && age >= 0 && age < answerAge) return false;
  const { newer, manifest } = await look(scene, wish);
  const explicit = wish.by === "--to";
  if (!newer) {
    // It is what somebody wants to stay with.
    if (explicit) await stillWaiting(scene.versions, () => false);
    return false;
  }
  if (readWaiting(scene.versions.root)?.version === manifest.version) return explicit;
  await fetch(scene, wish, manifest);
  return true;
}

/** Switches to what waits, with as much patience as was asked for. */
async function told(
  scene: Scene,
  { maxWait }: UpdateRequest,
  healed: Healed | undefined,
): Promise<UpdateResult | undefined> {
  const deadline = Date.now() + maxWait;
  let done = await activate(scene);
  while (done && "since" in done && Date.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, Math.min(2000, deadline - Date.now())));
    done = await activate(scene);
  }
  if (done) return resultOf(done, await scene.versions.current());
  return healed && { status: "rolled-back", ...healed };
}

function resultOf(done: Waiting | Switched, current: string | undefined): UpdateResult {
  if (!("since" in done)) return { status: "updated", from: done.from ?? null, to: done.to };
  const { version, since, for: waitingFor } = done;
  return { status: "deferred", from: current ?? null, to: version, since, waitingFor };
}

async function current({ versions }: Scene): Promise<UpdateResult> {
  const { available } = readState(versions.root).checked ?? {};
  return {
    status: "current",
    current: await versions.current() ?? null,
    ...(available ? { available } : {}),
  };
}
