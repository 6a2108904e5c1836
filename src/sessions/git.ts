import type { SpawnSyncReturns } from "node:child_process";
import { errno, Failure } from "../errors.ts";

/** What git takes from the environment about which repository it is in: here the directory says that. */
const local =
  /^GIT_(DIR|WORK_TREE|INDEX_FILE|COMMON_DIR|OBJECT_DIRECTORY|ALTERNATE_OBJECT_DIRECTORIES|PREFIX|NAMESPACE|CEILING_DIRECTORIES|IMPLICIT_WORK_TREE|GRAFT_FILE|SHALLOW_FILE|INTERNAL_SUPER_PREFIX|REPLACE_REF_BASE)$/;

export interface GitResult {
  status: number | null;
  stdout: string;
  stderr: string;
}

/**
 * Runs git in a directory, in English and without asking anybody.
 * @param timeout milliseconds after which it is ended, and `status` null
 * @throws Failure where there is no git
 */
export function git(directory: string, args: readonly string[], timeout?: number): GitResult {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !local.test(name)));
  // Loaded here only: most starts need no git, and the import costs each a millisecond (Bun 1.4.5).
  const { spawnSync } = process.getBuiltinModule("node:child_process");
  const { status, stdout, stderr, error }: SpawnSyncReturns<string> = spawnSync("git", args, {
    cwd: directory,
    env: { ...env, LC_ALL: "C", GIT_TERMINAL_PROMPT: "0", GIT_OPTIONAL_LOCKS: "0" },
    stdio: ["ignore", "pipe", "pipe"],
    encoding: "utf8",
    maxBuffer: 64 << 20,
    ...(timeout === undefined ? {} : { timeout, killSignal: "SIGKILL" }),
  });
  if (error !== undefined && errno(error) === "ENOENT") {
    throw new Failure("git is not installed", { hint: "install it, e.g. apt-get install git" });
  }
  return { status, stdout: stdout ?? "", stderr: stderr ?? "" };
}

/** The last thing that git complained about, without its prefix. */
export function complaint({ stderr }: GitResult): string {
  const lines = stderr.split("\n").filter((line) => /^(fatal|error): /.test(line));
  return (lines.at(-1) ?? stderr.trim().split("\n").at(-1) ?? "").replace(/^(fatal|error): /, "") ||
    "git failed";
}
