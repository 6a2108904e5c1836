/** Fixed words; what to run comes as arguments. The shell ends at once, so init adopts and reaps what it started. */
const script =
  'if command -v setsid >/dev/null; then set -- setsid "$@"; fi; "$@" </dev/null >/dev/null 2>&1 &';

type Spawn = (
  argv: string[],
  options: { stdio: ["ignore", "ignore", "ignore"] },
) => { exitCode: number | null };
const { Bun } = globalThis as { Bun?: { spawnSync: Spawn } };

/**
 * Starts a command that has nothing more to do with this process: no terminal, no open files, no parent that would
 * have to wait for it (after `execve` nobody would, and it would stay a zombie). False when it could not be started.
 */
export function startDetached(argv: readonly string[]): boolean {
  const words = ["-c", script, "sh", ...argv];
  // Importing node:child_process costs every start a millisecond, also those that start nothing (Bun 1.4.5).
  if (Bun) {
    return Bun.spawnSync(["/bin/sh", ...words], { stdio: ["ignore", "ignore", "ignore"] }).exitCode === 0;
  }
  const { spawnSync } = process.getBuiltinModule("node:child_process");
  return spawnSync("/bin/sh", words, { stdio: "ignore" }).status === 0;
}
