import { existsSync, readdirSync } from "node:fs";
import { readOwnFile } from "../runtime/files.ts";

/** A process of Claude Code as it wrote itself down in its config dir; whether it still runs is the kernel's to say. */
export interface ClaudeEntry {
  pid: number;
  /** Clock ticks since boot, as in `ProcessIdentity`. */
  startTime: number;
  /** `shell`: nothing is asked of Claude, but a command of its runs on. */
  status?: "busy" | "idle" | "waiting" | "shell";
  /** What it waits for, in its own words, e.g. `permission prompt`. */
  waitingFor?: string;
  /** Since when, in ms since 1970. */
  statusSince?: number;
  /** The conversation that it is in; missing for a spare that waits for work. */
  sessionId?: string;
  /** What it calls itself. */
  name?: string;
  version?: string;
  /** In ms since 1970. */
  startedAt?: number;
}

const largest = 256 << 10;
const statuses = ["busy", "idle", "waiting", "shell"] as const;

/**
 * What Claude Code says of its processes: `sessions/<pid>.json` for each conversation, interactive or in the background,
 * and `daemon.lock` for the supervisor of those in the background. `procStart` is field 22 of `/proc/<pid>/stat`.
 * Stale after SIGKILL or a reboot. `sessions/<pid>.json` since 2.1.75, `procStart` since 2.1.116, seen on 2.1.329.
 * @param wanted which of the processes; the others are not read
 */
export function claudeEntries(
  configDir: string,
  wanted: (pid: number) => boolean = () => true,
): ClaudeEntry[] {
  const daemon = `${configDir}/daemon.lock`;
  return [
    ...conversations(configDir).filter(wanted).map((pid) => `${configDir}/sessions/${pid}.json`),
    ...(existsSync(daemon) ? [daemon] : []),
  ].flatMap((path) => entryOf(path) ?? []);
}

/** Their processes, as the files are named. */
function conversations(configDir: string): number[] {
  try {
    return readdirSync(`${configDir}/sessions`).flatMap((name) =>
      /^(\d+)\.json$/.test(name) ? [parseInt(name)] : []
    );
  } catch {
    return [];
  }
}

/** The same of one process; undefined where it says nothing. */
export function claudeEntry(configDir: string, pid: number): ClaudeEntry | undefined {
  return entryOf(`${configDir}/sessions/${pid}.json`);
}

function entryOf(path: string): ClaudeEntry | undefined {
  const text = readOwnFile(path, largest);
  if (typeof text !== "string") return undefined;
  let value: Record<string, unknown>;
  try {
    value = Object(JSON.parse(text));
  } catch {
    // Not written whole: it is, a moment later.
    return undefined;
  }
  const { pid, procStart, status, waitingFor, statusUpdatedAt, startedAt } = value;
  const startTime = Number(procStart);
  if (!Number.isSafeInteger(pid) || (pid as number) <= 0 || !Number.isSafeInteger(startTime)) {
    return undefined;
  }
  const known = statuses.find((word) => word === status);
  const texts = ["sessionId", "name", "version"].filter((key) =>
    typeof value[key] === "string" && value[key]
  );
  return {
    pid: pid as number,
    startTime,
    ...(known === undefined ? {} : { status: known }),
    ...(known === "waiting" && typeof waitingFor === "string" ? { waitingFor } : {}),
    ...(typeof statusUpdatedAt === "number" ? { statusSince: statusUpdatedAt } : {}),
    ...(typeof startedAt === "number" ? { startedAt } : {}),
    ...Object.fromEntries(texts.map((key) => [key, value[key]])),
  };
}
