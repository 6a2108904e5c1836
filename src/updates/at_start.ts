import { existsSync, readdirSync, readFileSync, readlinkSync, statSync } from "node:fs";
import { holderOf } from "../runtime/lock.ts";
import { switchLock } from "./switch_lock.ts";

/** Milliseconds that a start waits at most for a switch that is on its way. */
const patience = 2000;

/**
 * What a start does where a version waits to be switched to: tries to switch, unless somebody plainly works, and waits
 * while somebody else switches. Never fails: what is current is good enough to start.
 * @param roots as `holdVersions` returned them
 */
export async function meetUpdate(roots: readonly string[], home: string): Promise<void> {
  for (const root of roots) {
    try {
      if (somebodyWorks(isOwn(root))) continue;
      const { activateNow } = await import("./activate_now.ts");
      await activateNow(root, home);
    } catch {
      // It goes on waiting, and the timer tries as well.
    }
  }
}

/** Where the current version cannot be run: goes back to one that can. Returns whether another one is current now. */
export async function mend(roots: readonly string[], home: string): Promise<boolean> {
  const { activateNow } = await import("./activate_now.ts");
  for (const root of roots.filter((root) => existsSync(root))) {
    const before = currentOf(root);
    await activateNow(root, home).catch(() => {});
    if (currentOf(root) !== before) return true;
  }
  return false;
}

function currentOf(root: string): string | undefined {
  try {
    return readlinkSync(`${root}/current`);
  } catch {
    return undefined;
  }
}

/** Waits until nobody is switching versions there, for a while. */
export async function waitForSwitch(roots: readonly string[]): Promise<void> {
  for (const deadline = Date.now() + patience; Date.now() < deadline;) {
    if (roots.every((root) => holderOf(switchLock(root)) === undefined)) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

export const isOwn = (root: string): boolean => statSync(root).uid === process.getuid!();

/**
 * Whether Claude Code seems to run, by the names of processes, which everybody may see: to find out for sure takes
 * longer, of other users' even root, and is spared where it is plain to see.
 */
function somebodyWorks(mineOnly: boolean): boolean {
  const me = process.getuid!();
  return readdirSync("/proc").some((entry) => {
    try {
      return /^\d+$/.test(entry) &&
        /^claude(\.exe)?\n$/.test(readFileSync(`/proc/${entry}/comm`, "latin1")) &&
        (!mineOnly || statSync(`/proc/${entry}`).uid === me);
    } catch {
      return false;
    }
  });
}
