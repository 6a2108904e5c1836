import { readFileSync } from "node:fs";
import { identityOf } from "../runtime/process.ts";

/**
 * When something ends by time. Counted by the time since boot, suspended or not, which nobody can set; by the clock only
 * where that means nothing: after a reboot and in another container.
 */
export interface Expiry {
  /** Which count of seconds `uptime` belongs to. */
  place: string;
  /** Seconds since boot. */
  uptime: number;
  /** ISO 8601, for people and other places. */
  time: string;
}

function here(): string {
  const { bootId, pidNamespace } = identityOf(process.pid)!;
  return `${bootId}/${pidNamespace}`;
}

const uptime = () => Number(readFileSync("/proc/uptime", "latin1").split(" ")[0]);

/** @param ttl milliseconds from now */
export function expiryAfter(ttl: number): Expiry {
  return {
    place: here(),
    uptime: uptime() + ttl / 1000,
    time: new Date(Date.now() + ttl).toISOString(),
  };
}

/** By the machine's uptime where it was set, since clocks are put right; elsewhere by the clock. */
export function isOver(expiry: Expiry): boolean {
  return expiry.place === here() ? uptime() >= expiry.uptime : Date.now() >= Date.parse(expiry.time);
}
