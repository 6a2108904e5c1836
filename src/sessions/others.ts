import { readlinkSync } from "node:fs";
import { recentEdits } from "../claude/edits.ts";
import { isAlive, livenessOf } from "../runtime/process.ts";
import { allHolds } from "../guard/holds.ts";
import { type LiveSession, liveSessions } from "./live.ts";
import type { Layout } from "./paths.ts";
import { presenceOf } from "./presence.ts";
import { branchOf, type Place, placeOf } from "./project.ts";
import { registered } from "./registered.ts";
import { unmanaged } from "./unmanaged.ts";

/** `session`: started here; `registered`: somebody said so; `unmanaged`: a bare Claude Code. */
export type Kind = "session" | "registered" | "unmanaged";

/** Something live that works somewhere, however it came to life. */
export interface Other {
  kind: Kind;
  /** Of a session. */
  id?: string;
  name: string;
  pid: number;
  /** Runs in another container or machine that shares the home. */
  elsewhere: boolean;
  cwd: string;
  place: Place;
  branch: string | undefined;
  /** What a registered one was said to work on. */
  label?: string;
  /** ISO 8601. */
  since?: string;
  /** Files that it wrote since then (ms), as far as Claude Code writes that down. */
  edits(since: number): { path: string; time: number }[];
}

/** Everything live of this user. Costs a look at the processes and at the live index, nothing for the dead. */
export function others(layout: Layout, live: readonly LiveSession[] = liveSessions(layout)): Other[] {
  const found = new Map<string, Other>();
  for (const { record, liveness } of live) {
    const { id, name, identity, cwd, createdAt, resumedAt } = record;
    add({
      kind: "session",
      id,
      name,
      // Its own process may have ended, with conversations in the background that go on.
      pid: presenceOf(layout, record).pids[0] ?? identity.pid,
      elsewhere: liveness === "elsewhere",
      since: resumedAt ?? createdAt,
      edits: (since) => [...recentEdits(`${layout.sessions}/${id}`, since), ...heldBy(layout, id, since)],
    }, (isAlive(identity) && directoryOf(identity.pid)) || cwd);
  }
  // What Claude Code writes down is only known of those whose config dir is.
  const bare = unmanaged(layout, live);
  for (const { project, name, identity, cwd, registeredAt } of registered(layout)) {
    const claude = bare.find(({ pid }) => pid === identity.pid);
    add(
      {
        kind: "registered",
        name: name ?? project,
        label: project,
        pid: identity.pid,
        elsewhere: livenessOf(identity) === "elsewhere",
        since: registeredAt,
        edits: (since) => claude ? editsOf(claude, since) : [],
      },
      cwd,
    );
  }
  for (const each of bare) {
    if (each.cwd === null) continue;
    add({
      kind: "unmanaged",
      name: each.name ?? "claude",
      pid: each.pid,
      elsewhere: false,
      ...(each.startedAt === null ? {} : { since: each.startedAt }),
      edits: (since) => editsOf(each, since),
    }, each.cwd);
  }
  return [...found.values()];

  /** The first one that names a process counts. */
  function add(other: Omit<Other, "cwd" | "place" | "branch">, cwd: string): void {
    const key = `${other.elsewhere ? other.id : ""}${other.pid}`;
    if (found.has(key)) return;
    const place = placeOf(cwd);
    found.set(key, { ...other, cwd, place, branch: branchOf(place) });
  }
}

/** What the guard knows that a session edited, before it is in a transcript. */
function heldBy(layout: Layout, id: string, since: number): { path: string; time: number }[] {
  try {
    return allHolds(layout).flatMap(({ path, by, edited = 0 }) =>
      by.id === id && edited >= since ? [{ path, time: edited }] : []
    );
  } catch {
    return []; // damaged: whoever edits next is told
  }
}

const editsOf = (
  { configDir, conversation }: { configDir: string; conversation: string | null },
  since: number,
) => conversation === null ? [] : recentEdits(configDir, since, conversation);

/** Where a process is now, which its session may have left since its start; undefined where that is gone. */
function directoryOf(pid: number): string | undefined {
  try {
    const cwd = readlinkSync(`/proc/${pid}/cwd`);
    return cwd.endsWith(" (deleted)") ? undefined : cwd;
  } catch {
    return undefined;
  }
}
