import type { Environment } from "../claude/environment.ts";
import { versionsRoots } from "../claude/executable.ts";
import { Failure } from "../errors.ts";
import { cannotRun } from "../runtime/become.ts";
import { holdVersions, letVersionsGo } from "../updates/hold.ts";

/**
 * Starts a session so that no update gets in its way, and it in no update's: what waits is switched to first where
 * nobody works, and nothing is switched or removed while it chooses its version. A version that cannot be run is left
 * for the one before. Where nothing waits, this costs a few system calls.
 */
export async function withVersions(env: Environment, start: () => Promise<never>): Promise<never> {
  const home = env.HOME;
  // Without a home there is no start, which it says itself; nor is there one of ours in what somebody names.
  if (env.CLAUDE_OPS_CLAUDE || !home?.startsWith("/")) return await start();
  const roots = versionsRoots(home, env);
  const waiting = holdVersions(roots);
  if (waiting.length > 0) {
    letVersionsGo();
    const { meetUpdate, waitForSwitch } = await import("../updates/at_start.ts");
    await meetUpdate(waiting, home);
    await waitForSwitch(holdVersions(roots));
  }
  try {
    return await start();
  } catch (error) {
    letVersionsGo();
    if (!(error instanceof Failure && error.code === cannotRun)) throw error;
    const { mend } = await import("../updates/at_start.ts");
    if (!await mend(roots, home)) throw error;
    holdVersions(roots);
    return await start().finally(letVersionsGo);
  }
}
