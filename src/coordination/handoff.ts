import type { Database } from "../store/database.ts";
import { addEvent } from "./events.ts";
import { take } from "./grants.ts";
import { waitFor } from "./follow.ts";
import { giveBack } from "./give_back.ts";
import type { Owner } from "./owner.ts";
import { checkWord, toJson } from "./words.ts";

/** Work that one session passes on to whoever comes. */
export interface Handoff {
  id: number;
  /** What it is about, e.g. `issue:15`. */
  topic: string;
  /** Path of the project, the same for all worktrees. */
  project: string;
  /** What is done, in words. */
  message?: string;
  branch?: string;
  files: string[];
  /** What is to be done next, in order. */
  next: string[];
  from: string;
  /** ISO 8601. */
  at: string;
}

export type HandoffWords = Pick<Handoff, "topic" | "project" | "message" | "branch" | "files" | "next">;

interface Row {
  number: number;
  topic: string;
  project: string;
  value: string;
  given_by: string;
  given_at: string;
}

const handoff = ({ number: id, topic, project, value, given_by: from, given_at: at }: Row): Handoff => ({
  id,
  topic,
  project,
  ...JSON.parse(value),
  from,
  at,
});

/** Passes work on, and with it the claim of the same name where the giver has it. Returns its number. */
export function handOver(db: Database, words: HandoffWords, owner: Owner): number {
  const { topic, project, ...value } = words;
  checkWord("topic", topic);
  const json = toJson(value);
  return db.write(() => {
    const { lastInsertRowid } = db.run(
      "INSERT INTO handoffs (topic, project, value, given_by, given_at) VALUES (?, ?, ?, ?, ?)",
      topic,
      project,
      json,
      owner.name,
      new Date().toISOString(),
    );
    giveBack(db, "claim", topic, { owner });
    addEvent(db, owner.name, { type: "handed-over", message: topic, data: words });
    return lastInsertRowid;
  });
}

/** What waits to be picked up, the oldest first. */
export function handoffs(
  db: Database,
  { topic, project }: { topic?: string; project?: string } = {},
): Handoff[] {
  return db.all<Row>(
    "SELECT * FROM handoffs WHERE (? IS NULL OR topic = ?) AND (? IS NULL OR project = ?) ORDER BY number",
    topic ?? null,
    topic ?? null,
    project ?? null,
    project ?? null,
  ).map(handoff);
}

export interface PickedUp {
  handoff: Handoff;
  /** Whether what it is about is now claimed by who picked it up; not where somebody else has claimed it. */
  claimed: boolean;
}

/** Picks up the oldest handoff of a topic, and claims the topic. Each is picked up by one; undefined: there is none. */
export function pickUp(db: Database, topic: string, owner: Owner): PickedUp | undefined {
  if (handoffs(db, { topic }).length === 0) return undefined;
  return db.write(() => {
    const [handoff] = handoffs(db, { topic });
    if (handoff === undefined) return undefined;
    db.run("DELETE FROM handoffs WHERE number = ?", handoff.id);
    addEvent(db, owner.name, { type: "picked-up", message: `${topic}, from ${handoff.from}`, data: handoff });
    return { handoff, claimed: take(db, "claim", topic, owner).granted };
  });
}

/** The same, waiting for `patience` milliseconds while there is none. */
export function awaitHandoff(
  db: Database,
  topic: string,
  owner: Owner,
  patience: number,
): Promise<PickedUp | undefined> {
  return waitFor(db, patience, () => pickUp(db, topic, owner));
}
