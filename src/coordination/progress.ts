import { UsageFailure } from "../errors.ts";
import type { Database } from "../store/database.ts";
import { entriesOfKey, type Entry, getState, setState } from "./state.ts";

/** How far somebody is with something: the value `progress` in the scope of that name, for all to read. */
export interface Progress {
  topic: string;
  phase?: string;
  /** 0 to 100. */
  percent?: number;
  message?: string;
  by: string;
  /** ISO 8601. */
  at: string;
}

const key = "progress";

/** Says how far the work on a topic is. @throws UsageFailure for what is no percentage */
export function setProgress(
  db: Database,
  topic: string,
  said: Pick<Progress, "phase" | "percent" | "message">,
  by: string,
): Progress {
  const { percent } = said;
  if (percent !== undefined && !(percent >= 0 && percent <= 100)) {
    throw new UsageFailure(`${percent} is no percentage`, "use a number from 0 to 100");
  }
  const value = Object.fromEntries(Object.entries(said).filter(([, part]) => part !== undefined));
  setState(db, { scope: topic, key, value }, by);
  return progressOf(db, topic)!;
}

/** Undefined when nothing was said of it. */
export function progressOf(db: Database, topic: string): Progress | undefined {
  const entry = getState(db, topic, key);
  return entry && progress(entry);
}

/** All that something was said of, the latest first. */
export function allProgress(db: Database): Progress[] {
  return entriesOfKey(db, key).map(progress);
}

/** Others may have written the value with `state set`: what is not of the right kind is left out. */
function progress({ scope: topic, value, by, at }: Entry): Progress {
  const { phase, percent, message } = (value ?? {}) as Record<string, unknown>;
  return {
    topic,
    ...(typeof phase === "string" ? { phase } : {}),
    ...(typeof percent === "number" ? { percent } : {}),
    ...(typeof message === "string" ? { message } : {}),
    by,
    at,
  };
}
