import type { NamedSession } from "./occupants.ts";
import { inTheWay, switching } from "./switch.ts";
import { readState, readWaiting } from "./state.ts";
import type { Versions } from "./versions.ts";

/**
 * Removes versions that nobody needs: not the current one, nor the one before, nor one that waits or that somebody runs.
 * While anybody is starting nothing goes: which version it has chosen is not known yet.
 * @param inUse versions that are run where this kernel does not see it, such as another container with the same home
 */
export async function removeOld(
  versions: Versions,
  sessions: readonly NamedSession[],
  inUse: readonly string[] = [],
): Promise<string[]> {
  const current = await versions.current();
  if (current === undefined) return [];
  const { previous } = readState(versions.root);
  const keep = new Set([current, previous, readWaiting(versions.root)?.version, ...inUse]);
  const old = (await versions.list()).filter((version) => !keep.has(version));
  if (old.length === 0) return [];
  return await switching(versions.root, async () => {
    const others = await inTheWay(versions.root, sessions);
    if (await versions.current() !== current || others.some(({ starting }) => starting)) return [];
    const running = new Set(others.map(({ version }) => version));
    const removed = old.filter((version) => !running.has(version));
    for (const version of removed) await versions.remove(version);
    return removed;
  });
}
