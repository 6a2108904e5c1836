/** One thing that is removed. */
export interface Item {
  kind: "leftover" | "trash" | "archive" | "temporary";
  /** Its directory, and its name there. */
  parent: string;
  entry: string;
  /** For a person: a session's name, or the path. */
  name: string;
  reason: string;
}
