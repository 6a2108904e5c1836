import { existsSync, readdirSync, readFileSync, readlinkSync, statSync } from "node:fs";

export interface ClaudeProcess {
  pid: number;
  /** The executable it runs, without the kernel's mark for a deleted one. */
  executable: string;
  /** The file it runs from was replaced or removed under it. */
  deleted: boolean;
}

/** What the kernel appends to the path of an executable that is gone. */
const mark = " (deleted)";

/** What runs 2.0.x, which is a script. */
const script = /\/node(js)?$/;

/**
 * Whether a process is Claude Code, by what it runs and never by its arguments: the npm package and our versions lie
 * below `claude-code/` (its platform packages in `claude-code-<platform>/`), the native installer's below
 * `claude/versions/`; `versionsRoots` are directories, or executables, that are it as well. 2.0.x is a script: node that calls itself claude. Seen on 2.0.77 and 2.1.329.
 */
function isClaude(executable: string, name: string, versionsRoots: readonly string[] = []): boolean {
  if (/\/claude-code(-[a-z0-9-]+)?\/|\/claude\/versions\//.test(executable)) return true;
  if (versionsRoots.some((root) => executable === root || executable.startsWith(`${root}/`))) return true;
  return name === "claude" && script.test(executable);
}

/** All processes that this user may look into and that run Claude Code, background daemons and workers included. */
export function claudeProcesses(versionsRoots: readonly string[] = []): ClaudeProcess[] {
  return readdirSync("/proc").flatMap((entry) => claudeProcess(Number(entry), versionsRoots) ?? []);
}

/**
 * Those of this user alone. A start looks at each process of the machine: to ask whether there is something to see, which
 * there is not of kernel threads and of other users, costs a third of being refused it (Bun 1.4.5).
 */
export function ownClaudeProcesses(versionsRoots: readonly string[] = []): ClaudeProcess[] {
  const me = process.getuid!();
  const found: ClaudeProcess[] = [];
  for (const entry of readdirSync("/proc")) {
    const first = entry.charCodeAt(0);
    if (first < 0x30 || first > 0x39) continue;
    if (!existsSync(`/proc/${entry}/exe`)) continue;
    const each = claudeProcess(Number(entry), versionsRoots);
    if (each === undefined) continue;
    if (statSync(`/proc/${entry}`, { throwIfNoEntry: false })?.uid === me) found.push(each);
  }
  return found;
}

/** Undefined for what is no Claude Code, ended meanwhile, or belongs to another user. */
export function claudeProcess(pid: number, versionsRoots: readonly string[]): ClaudeProcess | undefined {
  try {
    const path = readlinkSync(`/proc/${pid}/exe`);
    const deleted = path.endsWith(mark);
    const executable = deleted ? path.slice(0, -mark.length) : path;
    // A start looks at each process of the machine, so what need not be read is not.
    const name = script.test(executable) ? readFileSync(`/proc/${pid}/comm`, "utf8").trimEnd() : "";
    return isClaude(executable, name, versionsRoots) ? { pid, executable, deleted } : undefined;
  } catch {
    return undefined;
  }
}
