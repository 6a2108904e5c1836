import { closeSync, futimesSync, openSync, statSync } from "node:fs";
import { startDetached } from "../runtime/detach.ts";
import { selfCommand } from "../runtime/self.ts";

/** Milliseconds between two checks for a newer Claude Code that session starts cause. */
const interval = 60 * 60 * 1000;

/**
 * Looks for a newer Claude Code in the background, at most once per interval, without the start ever feeling it.
 * @param stamp a file whose mtime is the last time; touched before anything is started, so that of many starts one checks
 */
export function checkInBackground(stamp: string, start = startCheck, now: number = Date.now()): void {
  try {
    const last = statSync(stamp, { throwIfNoEntry: false })?.mtimeMs;
    // A stamp from the future is of a clock that was wrong.
    if (last !== undefined && last <= now && now - last < interval) return;
    const descriptor = openSync(stamp, "a", 0o600);
    futimesSync(descriptor, now / 1000, now / 1000);
    closeSync(descriptor);
    start();
  } catch {
    // A start that works matters more than a check that does not; the timer checks as well.
  }
}

function startCheck(): void {
  startDetached([...selfCommand(), "update", "--check", "--quiet"]);
}
