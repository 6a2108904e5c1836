import { readFileSync, readlinkSync } from "node:fs";
import { readOwnFile } from "../runtime/files.ts";
import { parseStat } from "../runtime/process.ts";
import { ownClaudeProcesses } from "./processes.ts";

/** A Claude Code that somebody talks to, by what the kernel and its own registry say. */
export interface BareClaude {
  pid: number;
  executable: string;
  /** Without symbolic links; undefined where it was removed. */
  cwd: string | undefined;
  /** Its CLAUDE_CONFIG_DIR, or the user's own `.claude`. */
  configDir: string;
  /** What it writes down of itself in `sessions/<pid>.json`, since 2.1.75. */
  registered: { sessionId?: string; name?: string; version?: string; startedAt?: string };
}

/** First words of processes that serve sessions and are none; names of tools that the executable plays. 2.1.329. */
const helper = /^(daemon|mcp|bg-pty-host|bg-spare|--bg-.*)$/;
const tools = ["rg", "ugrep", "bfs"];

/** All that run as this user and are sessions; `skip` are pids that are known otherwise. */
export function bareClaudes(versionsRoots: readonly string[], skip: (pid: number) => boolean): BareClaude[] {
  return ownClaudeProcesses(versionsRoots).flatMap(({ pid, executable }) => {
    if (skip(pid)) return [];
    try {
      const [program = "", ...words] = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
      if (tools.includes(program.slice(program.lastIndexOf("/") + 1))) return [];
      const environment = readFileSync(`/proc/${pid}/environ`, "utf8").split("\0");
      const value = (name: string) =>
        environment.find((entry) => entry.startsWith(`${name}=`))?.slice(name.length + 1);
      const configDir = value("CLAUDE_CONFIG_DIR") || `${value("HOME") ?? ""}/.claude`;
      const registered = registryEntry(configDir, pid);
      // A spare that waits for work is none; once it has some, it is in the registry.
      if (registered.sessionId === undefined && helper.test(words[0] ?? "")) return [];
      const cwd = readlinkSync(`/proc/${pid}/cwd`);
      return [{ pid, executable, cwd: cwd.endsWith(" (deleted)") ? undefined : cwd, configDir, registered }];
    } catch {
      return []; // it ended meanwhile
    }
  });
}

/** Empty where there is none, or where it is a former process's: these entries stay behind after SIGKILL. */
function registryEntry(configDir: string, pid: number): BareClaude["registered"] {
  const text = readOwnFile(`${configDir}/sessions/${pid}.json`, 64 << 10);
  if (typeof text !== "string") return {};
  try {
    const { procStart, sessionId, name, version, startedAt } = JSON.parse(text);
    const { startTime } = parseStat(readFileSync(`/proc/${pid}/stat`, "latin1"));
    if (procStart !== undefined && Number(procStart) !== startTime) return {};
    const isText = (value: unknown) => typeof value === "string" && value !== "" ? value : undefined;
    return {
      sessionId: isText(sessionId),
      name: isText(name),
      version: isText(version),
      startedAt: Number.isFinite(startedAt) ? new Date(startedAt).toISOString() : undefined,
    };
  } catch {
    return {};
  }
}
