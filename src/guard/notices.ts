import { mkdirSync, readdirSync, readFileSync, unlinkSync, writeFileSync } from "node:fs";
import { namesIn } from "../runtime/files.ts";
import { newId } from "../sessions/id.ts";
import type { Layout } from "../sessions/paths.ts";

/** More than this are not kept for one session: it would have to read them all. */
const most = 20;

/** Leaves a sentence for a session's Claude, which it gets with the next tool that it uses. Never throws. */
export function leaveNotice(layout: Layout, id: string, text: string): void {
  const directory = `${layout.notices}/${id}`;
  try {
    mkdirSync(directory, { mode: 0o700, recursive: true });
    if (readdirSync(directory).length < most) {
      writeFileSync(`${directory}/${newId()}`, text, { mode: 0o600, flag: "wx" });
    }
  } catch {
    // A full disk: the other one is told by what it sees.
  }
}

/** Takes the sentences that were left for a session, the oldest first. Costs one look where there are none. */
export function takeNotices(layout: Layout, id: string | undefined): string[] {
  if (id === undefined) return [];
  const directory = `${layout.notices}/${id}`;
  return namesIn(directory).sort().flatMap((name) => {
    try {
      const text = readFileSync(`${directory}/${name}`, "utf8");
      unlinkSync(`${directory}/${name}`);
      return [text];
    } catch {
      return []; // another hook of the same session was faster
    }
  });
}
