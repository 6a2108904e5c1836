/** No host that runs this program lives before it was written; ms since 1970. */
const WRITTEN = Date.UTC(2026, 0, 1);

/** Claude Code first came out in February 2025: what is older was written by a clock that was wrong. */
const FIRST_CLAUDE = Date.UTC(2025, 0, 1);

/** A machine without a clock of its own begins in 1970, until it has asked the network. */
export const isClockBehind = (now: number): boolean => now < WRITTEN;

/** Whether a session can have been used at that time (ms since 1970). */
export const isPlausible = (time: number): boolean => time >= FIRST_CLAUDE;
