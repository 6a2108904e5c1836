import { closeSync, futimesSync, openSync, statSync } from "node:fs";
import { startDetached } from "../runtime/detach.ts";
import { exclusively } from "../runtime/lock.ts";
import { selfCommand } from "../runtime/self.ts";

/** Milliseconds that a start gives the check it causes, before another start would cause one. */
const grace = 60 * 60 * 1000;
/** No check is put off for longer (ms): a time further away is of a clock that was wrong. */
const furthest = 31 * 24 * grace;

/**
 * Looks for a newer Claude Code in the background, when that is due, without the start ever feeling it. When the next
 * one is due is the check's own to say: it reads the configuration, for which a start has no time.
 * @param stamp a file whose mtime is that time; moved before anything is started, so that of many starts one checks
 */
export function checkInBackground(stamp: string, start = startCheck, now: number = Date.now()): void {
  try {
    if (!isDue(stamp, now)) return;
    // Who finds another start at this very place leaves it to that one.
    exclusively(`${stamp}.lock`, 0, () => {
      if (!isDue(stamp, now)) return;
      postponeCheck(stamp, grace, now);
      start();
    });
  } catch {
    // A start that works matters more than a check that does not; the timer checks as well.
  }
}

function isDue(stamp: string, now: number): boolean {
  const due = statSync(stamp, { throwIfNoEntry: false })?.mtimeMs;
  return due === undefined || now >= due || due - now > furthest;
}

/** From now on, no start checks for so many milliseconds. */
export function postponeCheck(stamp: string, wait: number, now: number = Date.now()): void {
  const descriptor = openSync(stamp, "a", 0o600);
  const due = (now + Math.min(wait, furthest)) / 1000;
  futimesSync(descriptor, due, due);
  closeSync(descriptor);
}

function startCheck(): void {
  startDetached([...selfCommand(), "update", "--quiet"]);
}
