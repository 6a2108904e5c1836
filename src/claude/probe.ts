import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** `claude --version` takes 0.01–0.08 s (2.0.77: 0.75 s); a cold disk may take seconds to read 377 MB. */
const LIMIT_MS = 20_000;

/**
 * The version that this program says it is, run in a clean environment with `home` as its home; undefined when it
 * answers something else. Its answer, seen on 2.1.329: `2.1.329 (Claude Code)`. Throws what `execFile` throws.
 */
export async function reportedVersion(executable: string, home: string): Promise<string | undefined> {
  const { stdout } = await promisify(execFile)(executable, ["--version"], {
    cwd: home,
    env: {
      HOME: home,
      CLAUDE_CONFIG_DIR: home,
      TMPDIR: home,
      PATH: "/usr/bin:/bin",
      DISABLE_AUTOUPDATER: "1",
    },
    timeout: LIMIT_MS,
    killSignal: "SIGKILL",
  });
  return /^(\S+) \(Claude Code\)\s*$/.exec(stdout)?.[1];
}
