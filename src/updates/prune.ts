import type { Crowd } from "./occupants.ts";
import { inTheWay, switching } from "./switch.ts";
import { readState, readWaiting } from "./state.ts";
import type { Versions } from "./versions.ts";

/**
 * Removes versions that nobody needs: not the current one, nor the one before, nor one that waits or that somebody runs.
 * While anybody is starting nothing goes: which version it has chosen is not known yet.
 */
export async function removeOld(versions: Versions, crowd: Crowd): Promise<string[]> {
  const current = await versions.current();
  if (current === undefined) return [];
  const { previous } = readState(versions.root);
  const keep = new Set([current, previous, readWaiting(versions.root)?.version, ...crowd.elsewhere]);
  const old = (await versions.list()).filter((version) => !keep.has(version));
  if (old.length === 0) return [];
  return await switching(versions.root, async () => {
    const others = await inTheWay(versions.root, crowd);
    if (await versions.current() !== current || others.some(({ starting }) => starting)) return [];
    const running = new Set(others.map(({ version }) => version));
    const removed = old.filter((version) => !running.has(version));
    for (const version of removed) await versions.remove(version);
    return removed;
  });
}
