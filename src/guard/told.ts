import { type Holder, isSameHolder } from "./holder.ts";
import type { Hold } from "./holds.ts";

/** Milliseconds for which what was said about a hold is not said again. */
const remembered = 10 * 60_000;

/** Whether a session was told a moment ago that another one has the file. */
export const wasTold = ({ told = [] }: Hold, me: Holder, now: number): boolean =>
  told.some(({ to, at }) => isSameHolder(to, me) && now >= at && now - at < remembered);

/** The hold with a note that a session was told of it. */
export const telling = (hold: Hold, me: Holder, now: number): Hold => ({
  ...hold,
  told: [...(hold.told ?? []).filter(({ to }) => !isSameHolder(to, me)), { to: me, at: now }],
});
