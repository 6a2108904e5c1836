import { type Crowd, occupants } from "./occupants.ts";
import { inTheWay, switching } from "./switch.ts";
import { readState, readWaiting } from "./state.ts";
import type { Versions } from "./versions.ts";

/**
 * Versions that nobody needs: not the current one, nor the one before, nor one that waits or that somebody runs. While
 * anybody is starting there are none: which version they have chosen is not known yet.
 */
export async function unneeded(
  versions: Versions,
  crowd: Crowd,
  others = occupants(versions.root, crowd),
): Promise<string[]> {
  const current = await versions.current();
  if (current === undefined || others.some(({ starting }) => starting)) return [];
  const { previous } = readState(versions.root);
  const running = others.map(({ version }) => version);
  const keep = new Set([
    current,
    previous,
    readWaiting(versions.root)?.version,
    ...crowd.elsewhere,
    ...running,
  ]);
  return (await versions.list()).filter((version) => !keep.has(version));
}

/** Removes versions that nobody needs, and tells which. */
export async function removeOld(versions: Versions, crowd: Crowd): Promise<string[]> {
  if ((await unneeded(versions, crowd, [])).length === 0) return [];
  return await switching(versions.root, async () => {
    const removed = await unneeded(versions, crowd, await inTheWay(versions.root, crowd));
    for (const version of removed) await versions.remove(version);
    return removed;
  });
}
