import { readFileSync, readlinkSync } from "node:fs";
import { identityOf, parentOf } from "../runtime/process.ts";
import { ownClaudeProcesses } from "./processes.ts";
import { type ClaudeEntry, claudeEntry } from "./registry.ts";

/** A Claude Code that somebody talks to, by what the kernel and its own registry say. */
export interface BareClaude {
  pid: number;
  executable: string;
  /** Without symbolic links; undefined where it was removed. */
  cwd: string | undefined;
  /** Its CLAUDE_CONFIG_DIR, or the user's own `.claude`. */
  configDir: string;
  /** What it writes down of itself. */
  said: Pick<ClaudeEntry, "sessionId" | "name" | "version" | "startedAt">;
}

/** First words of processes that serve sessions and are none; names of tools that the executable plays. 2.1.329. */
const helper = /^(daemon|mcp|bg-pty-host|bg-spare|--bg-.*)$/;
const tools = ["rg", "ugrep", "bfs"];

/** All that run as this user and are sessions; `skip` are pids that are known otherwise. */
export function bareClaudes(versionsRoots: readonly string[], skip: (pid: number) => boolean): BareClaude[] {
  return ownClaudeProcesses(versionsRoots).flatMap(({ pid, executable }) => {
    if (skip(pid)) return [];
    try {
      const line = readFileSync(`/proc/${pid}/cmdline`, "utf8");
      const [program = "", ...words] = line.split("\0");
      if (tools.includes(program.slice(program.lastIndexOf("/") + 1))) return [];
      const environment = readFileSync(`/proc/${pid}/environ`, "utf8").split("\0");
      const value = (name: string) =>
        environment.find((entry) => entry.startsWith(`${name}=`))?.slice(name.length + 1);
      const configDir = value("CLAUDE_CONFIG_DIR") || `${value("HOME") ?? ""}/.claude`;
      const entry = claudeEntry(configDir, pid);
      // Entries stay behind after SIGKILL, so it may be a former process's.
      const said: BareClaude["said"] = entry !== undefined && entry.startTime === identityOf(pid)?.startTime
        ? entry
        : {};
      // A spare that waits for work is none; once it has some, it is in the registry.
      if (said.sessionId === undefined && helper.test(words[0] ?? "")) return [];
      if (said.sessionId === undefined && isCopyOfParent(pid, line)) return [];
      const cwd = readlinkSync(`/proc/${pid}/cwd`);
      return [{ pid, executable, cwd: cwd.endsWith(" (deleted)") ? undefined : cwd, configDir, said }];
    } catch {
      return []; // it ended meanwhile
    }
  });
}

/** Forked a moment ago, to become a tool: until then it is its parent by every look. */
function isCopyOfParent(pid: number, line: string): boolean {
  const parent = parentOf(pid);
  return Boolean(parent) && readFileSync(`/proc/${parent}/cmdline`, "utf8") === line;
}
