import { type Doing, presenceOf } from "../sessions/presence.ts";
import { git } from "../sessions/git.ts";
import type { Layout } from "../sessions/paths.ts";
import { placeOf } from "../sessions/project.ts";
import { readRecord } from "../sessions/record.ts";
import { type Holder, holderLiveness } from "./holder.ts";
import type { Hold } from "./holds.ts";

/** Milliseconds for which an edit that was asked about, and not made yet, holds a file: somebody may be thinking. */
const thinking = 5 * 60_000;

/** Whether an edit was announced and has not been made or given up. */
const isAhead = ({ intended, edited }: Hold) => edited === undefined || intended > edited;

/**
 * Whether a hold still stands: its session lives, has not been idle for too long, and has not committed the file.
 * @param idle milliseconds
 */
export function stands(layout: Layout, hold: Hold, idle: number, now: number): boolean {
  if (holderLiveness(layout, hold.by) === "dead") return false;
  if (isAhead(hold) && now - hold.intended < thinking) return true;
  if (hold.edited === undefined) return false;
  return now - lastActive(layout, hold, now) < idle && !isCommitted(hold.path);
}

/** What Claude Code says of itself, where it does; else the last edit that is known. */
function lastActive(layout: Layout, { by, edited, intended }: Hold, now: number): number {
  const last = Math.max(edited ?? 0, intended);
  const [doing, since] = doingOf(layout, by);
  return doing === "idle"
    ? Math.max(last, since ?? 0)
    : doing === "live" || doing === "elsewhere"
    ? last
    : now;
}

function doingOf(layout: Layout, { id }: Holder): [Doing, number?] {
  const record = id === undefined ? undefined : readRecord(`${layout.sessions}/${id}`);
  if (record === undefined || "unreadable" in record) return ["live"];
  const { doing, since } = presenceOf(layout, record);
  return [doing, since];
}

/** Whether git has the file as it is, or there is none; false outside git and for what it ignores. */
export function isCommitted(path: string): boolean {
  const directory = path.slice(0, path.lastIndexOf("/")) || "/";
  if (placeOf(directory).git === undefined) return false;
  try {
    const { status, stdout } = git(directory, [
      "--literal-pathspecs",
      "status",
      "--porcelain=v1",
      "--ignored",
      "--",
      path,
    ], 2000);
    return status === 0 && stdout === "";
  } catch {
    return false; // no git here
  }
}
