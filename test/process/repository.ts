import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const settings = ["user.name=t", "user.email=t@t", "protocol.file.allow=always", "init.defaultBranch=main"];
const env = { GIT_CONFIG_NOSYSTEM: "1", GIT_CONFIG_GLOBAL: "/dev/null", PATH: "/usr/bin:/bin" };

/** Real git, without anybody's configuration; its standard output. */
export function git(cwd: string, ...words: string[]): string {
  const options = settings.flatMap((setting) => ["-c", setting]);
  return execFileSync("git", [...options, ...words], { cwd, env, encoding: "utf8", stdio: "pipe" }).replace(
    /\n$/,
    "",
  );
}

/** A repository with one commit on `main` that holds `file`. */
export function repository(path: string): string {
  mkdirSync(path, { recursive: true });
  git(path, "init", "-q");
  writeFileSync(join(path, "file"), "one\n");
  git(path, "add", "file");
  git(path, "commit", "-q", "-m", "one");
  return path;
}
