import type { Database } from "../store/database.ts";
import { follow } from "./follow.ts";
import { checkWord, toJson } from "./words.ts";

export interface Event {
  /** Grows; an event never changes. */
  number: number;
  /** ISO 8601. */
  at: string;
  /** One word, e.g. `claimed`. */
  type: string;
  message: string;
  data?: unknown;
  /** Name of the session or process that it comes from. */
  source: string;
}

/** How many are kept: the newest. */
export const keptEvents = 100_000;

export interface NewEvent {
  type: string;
  message: string;
  data?: unknown;
}

/** Adds one behind all others; the oldest goes when there are too many. @throws UsageFailure for a type that is no word */
export function addEvent(
  db: Database,
  source: string,
  { type, message, data }: NewEvent,
  { durable = true }: { durable?: boolean } = {},
): number {
  checkWord("type of event", type);
  const json = data === undefined ? null : toJson(data);
  toJson(message);
  return db.write(() => {
    const { lastInsertRowid } = db.run(
      "INSERT INTO events (at, type, message, data, source) VALUES (?, ?, ?, ?, ?)",
      new Date().toISOString(),
      type,
      message,
      json,
      source,
    );
    db.run("DELETE FROM events WHERE number <= ?", lastInsertRowid - keptEvents);
    return lastInsertRowid;
  }, { durable });
}

interface Row extends Omit<Event, "data"> {
  data: string | null;
}

const event = ({ data, ...rest }: Row): Event => ({
  ...rest,
  ...(data === null ? {} : { data: JSON.parse(data) }),
});

/** The last `limit` events of a type (all types: undefined), oldest first. */
export function lastEvents(db: Database, limit: number, type?: string): Event[] {
  return db.all<Row>(
    "SELECT * FROM events WHERE ? IS NULL OR type = ? ORDER BY number DESC LIMIT ?",
    type ?? null,
    type ?? null,
    limit,
  ).map(event).reverse();
}

/** Up to a thousand events behind a number, oldest first. */
function eventsAfter(db: Database, number: number, type?: string): Event[] {
  return db.all<Row>(
    "SELECT * FROM events WHERE number > ? AND (? IS NULL OR type = ?) ORDER BY number LIMIT 1000",
    number,
    type ?? null,
    type ?? null,
  ).map(event);
}

/** Every event from behind a number on, as they come, without end. */
export async function* followEvents(db: Database, after: number, type?: string): AsyncGenerator<Event> {
  for await (const found of follow(db, () => eventsAfter(db, after, type))) {
    for (const event of found) {
      after = event.number;
      yield event;
    }
  }
}
