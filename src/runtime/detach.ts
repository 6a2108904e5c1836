import { spawnSync } from "node:child_process";

/** Fixed words; what to run comes as arguments. The shell ends at once, so init adopts and reaps what it started. */
const script =
  'if command -v setsid >/dev/null; then set -- setsid "$@"; fi; "$@" </dev/null >/dev/null 2>&1 &';

/**
 * Starts a command that has nothing more to do with this process: no terminal, no open files, no parent that would
 * have to wait for it (after `execve` nobody would, and it would stay a zombie). False when it could not be started.
 */
export function startDetached(argv: readonly string[]): boolean {
  return spawnSync("/bin/sh", ["-c", script, "sh", ...argv], { stdio: "ignore", timeout: 2000 }).status === 0;
}
