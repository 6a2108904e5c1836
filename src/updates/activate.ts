import { Failure } from "../errors.ts";
import { heal, type Healed, hold, whyNotStarting } from "./heal.ts";
import { describeOccupants, occupants } from "./occupants.ts";
import { removeOld } from "./prune.ts";
import { readState, type Waiting } from "./state.ts";
import { leaveWaiting, stillWaiting, type Switched, switchNow, switchWhenIdle } from "./switch.ts";
import type { Scene } from "./update.ts";

/**
 * Switches to the version that waits, while nobody runs Claude Code; undefined when none waits. Before, it is run once
 * more: what does not start is given up.
 * @throws Failure `version-broken`
 */
export async function activate(scene: Scene): Promise<Waiting | Switched | undefined> {
  const { versions } = scene;
  const before = await stillWaiting(versions);
  if (before === undefined) return undefined;
  const crowd = await scene.crowd();
  if (!scene.whileLive) {
    const others = occupants(versions.root, crowd).filter((one) => !one.starting && !one.contained);
    if (others.length > 0) return deferred(await leaveWaiting(versions, before.version, others));
  }
  const why = await whyNotStarting(versions, before.version);
  if (why !== undefined) {
    hold(versions, before.version, `it does not start: ${why}`);
    await stillWaiting(versions, (version) => version !== before.version);
    throw new Failure(`Claude Code ${before.version} is given up, it does not start: ${why}`, {
      code: "version-broken",
      hint: "the version that was current still is; a newer release is tried once it is out",
    });
  }
  const done = scene.whileLive
    ? await switchNow(versions, before.version)
    : await switchWhenIdle(versions, before.version, crowd);
  if ("since" in done) return deferred(done);
  scene.log("updated", { from: done.from ?? "none", to: done.to, by: scene.by });
  return done;

  /** Said once, and again when it waits for others. */
  function deferred(waiting: Waiting): Waiting {
    const reason = `waits for ${describeOccupants(waiting.for)}`;
    if (describeOccupants(waiting.for) !== describeOccupants(before!.for)) {
      scene.log("deferred", { version: waiting.version, reason, since: waiting.since });
    }
    return waiting;
  }
}

/** @see heal */
export async function recover(scene: Scene): Promise<Healed | undefined> {
  const healed = await heal(scene.versions);
  if (healed) scene.log("rolled-back", { ...healed, by: "claude-ops" });
  return healed;
}

/** @see removeOld */
export async function tidy(scene: Scene): Promise<void> {
  for (const version of await removeOld(scene.versions, await scene.crowd())) {
    scene.log("removed", { version, reason: "nobody runs it any more" });
  }
}

/**
 * Goes back to the version before, at once: what runs goes on with the version that it has.
 * @throws Failure `no-previous`
 */
export async function rollBack(scene: Scene): Promise<{ from: string; to: string }> {
  const { versions } = scene;
  const current = await versions.current();
  const { previous, held } = readState(versions.root);
  if (previous === undefined || current === undefined || !await versions.has(previous)) {
    throw new Failure("there is no version before this one to go back to", {
      code: "no-previous",
      hint: "another version: claude-ops update --to VERSION",
    });
  }
  if (held.some(({ version }) => version === previous)) {
    throw new Failure(`the version before, ${previous}, was itself left for this one`, {
      code: "no-previous",
      hint: `to run it all the same: claude-ops update --to ${previous}`,
    });
  }
  await switchNow(versions, previous);
  hold(versions, current, `rolled back by ${scene.by}`);
  scene.log("rolled-back", { from: current, to: previous, by: scene.by });
  return { from: current, to: previous };
}
