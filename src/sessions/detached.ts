import type { SessionRecord } from "./record.ts";
import { findTmux, runTmux } from "./tmux.ts";

/** Whether a session was started detached: it runs in a tmux server, and one can attach to it while it lives. */
export function isDetached(record: Pick<SessionRecord, "tmux">): boolean {
  return record.tmux !== undefined;
}

/** How many terminals are attached to each of these sessions now, by UUID; asks each tmux server once. */
export function attachedClients(
  records: readonly Pick<SessionRecord, "id" | "tmux">[],
  env = process.env,
): Map<string, number> {
  const counts = new Map<string, number>();
  for (const socket of new Set(records.flatMap(({ tmux }) => tmux ?? []))) {
    const asked = runTmux(findTmux(env, socket), [
      "list-sessions",
      "-F",
      "#{session_name} #{session_attached}",
    ]);
    for (const [id, count] of asked.stdout.split("\n").map((line) => line.split(" "))) {
      if (id && records.some((record) => record.id === id)) counts.set(id, Number(count));
    }
  }
  return counts;
}
