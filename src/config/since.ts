import { duration } from "./values.ts";
import { UsageFailure } from "../errors.ts";

const span = duration("0s", "");
const DATE = /^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?$/;

/**
 * A time as people write it, as ISO 8601 in UTC: so long ago, or a date and time of this machine's clock.
 * @throws UsageFailure
 */
export function sinceWhen(text: string, now: number = Date.now()): string {
  const ago = span.accept(text);
  if (ago !== undefined) return new Date(now - ago).toISOString();
  // Without a time of day, JavaScript takes a date as UTC.
  const local = text.length === 10 ? `${text}T00:00` : text.replace(" ", "T");
  const time = DATE.test(text) ? Date.parse(local) : NaN;
  if (!Number.isNaN(time)) return new Date(time).toISOString();
  throw new UsageFailure(
    `"${text}" is no time`,
    'a length of time such as "2h" or "7d", or a date such as "2026-05-01" or "2026-05-01 12:30"',
  );
}
