import { bareClaudes } from "../claude/bare.ts";
import { versionsRoots } from "../claude/executable.ts";
import { type LiveSession, liveSessions } from "./live.ts";
import type { Layout } from "./paths.ts";

/** A Claude Code of this user that claude-ops did not start; null where it is not known. */
export interface UnmanagedSession {
  pid: number;
  /** What it calls itself. */
  name: string | null;
  /** Null where its directory was removed. */
  cwd: string | null;
  version: string | null;
  /** ISO 8601. */
  startedAt: string | null;
  configDir: string;
  /** The conversation that it is in. */
  conversation: string | null;
}

/** All bare ones that run here. What runs in the config dir of a live session of ours is part of that one. */
export function unmanaged(
  layout: Layout,
  live: readonly LiveSession[] = liveSessions(layout),
): UnmanagedSession[] {
  const here = live.filter(({ liveness }) => liveness === "live").map(({ record }) => record);
  const pids = new Set(here.map(({ identity }) => identity.pid));
  const directories = new Set(here.map(({ id }) => `${layout.sessions}/${id}`));
  return bareClaudes(versionsRoots(layout.home, process.env), (pid) => pids.has(pid))
    .filter(({ configDir }) => !directories.has(configDir))
    .map(({ pid, executable, cwd, configDir, said }) => ({
      pid,
      name: said.name ?? null,
      cwd: cwd ?? null,
      version: said.version ?? /\/versions\/(\d[^/]*)(?:\/|$)/.exec(executable)?.[1] ?? null,
      startedAt: said.startedAt === undefined ? null : new Date(said.startedAt).toISOString(),
      configDir,
      conversation: said.sessionId ?? null,
    }));
}
