import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { NEWEST_VERIFIED } from "../../src/claude/versions.ts";

/** The version that the facts in src/claude were seen on. */
export const claudeVersion: string = NEWEST_VERIFIED;

const platform = `linux-${process.arch}`;

/**
 * The real Claude Code: the executable of its platform package, fetched once by npm (which checks its integrity) and
 * kept in the user's cache.
 */
export function realClaude(version: string = claudeVersion): string {
  const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "claude-ops-tests");
  const directory = join(cache, version);
  const executable = join(directory, "claude");
  if (existsSync(executable)) return executable;
  mkdirSync(cache, { recursive: true });
  const fresh = mkdtempSync(join(cache, "new-"));
  try {
    const name = `@anthropic-ai/claude-code-${platform}@${version}`;
    execFileSync("npm", ["pack", name, "--silent", "--pack-destination", fresh], { stdio: "pipe" });
    const archive = readdirSync(fresh).find((name) => name.endsWith(".tgz"))!;
    execFileSync("tar", ["xzf", archive, "--strip-components=1"], { cwd: fresh });
    rmSync(join(fresh, archive));
    renameSync(fresh, directory);
  } finally {
    // Somebody else may have been faster: then theirs is there.
    rmSync(fresh, { recursive: true, force: true });
  }
  return executable;
}
