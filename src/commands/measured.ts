import type { Key } from "../config/values.ts";
import { UsageFailure } from "../errors.ts";

/**
 * What an option says that takes a length of time or a size, as a key of the configuration would: in milliseconds or bytes.
 * @throws UsageFailure for anything else
 */
export function measured(
  key: Key<number>,
  option: string,
  text: string | undefined,
  hint: string,
): number | undefined {
  if (text === undefined) return undefined;
  const value = key.accept(text);
  if (value === undefined) throw new UsageFailure(`${option} must be ${key.allowed}`, hint);
  return value;
}
