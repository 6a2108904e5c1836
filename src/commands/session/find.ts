import type { Io } from "../../cli/io.ts";
import { find, SeveralFit } from "../../sessions/find.ts";
import { type Layout, layoutOf } from "../../sessions/paths.ts";
import { readRecord, type SessionRecord } from "../../sessions/record.ts";
import { sessionLiveness } from "../../sessions/presence.ts";

/**
 * The session that somebody means at a command. Of several with one name it is the one that is live; else they choose.
 * @throws Failure when there is none, or nobody can be asked
 */
export async function findHere(which: string, io: Io): Promise<{ layout: Layout; record: SessionRecord }> {
  const layout = layoutOf(process.env);
  try {
    return { layout, record: find(layout, which) };
  } catch (error) {
    if (!(error instanceof SeveralFit)) throw error;
    const live = error.candidates.filter((record) => sessionLiveness(layout, record) !== "dead");
    if (live.length === 1) return { layout, record: live[0]! };
    if (!io.interactive || io.json) throw error;
    const { chooseSession } = await import("./choose.ts");
    const record = readRecord(`${layout.sessions}/${await chooseSession(error.candidates, io)}`);
    if (record === undefined || "unreadable" in record) throw error;
    return { layout, record };
  }
}
