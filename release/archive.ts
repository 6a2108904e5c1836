import { execFileSync } from "node:child_process";
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";

/** When the commit was made, in seconds. */
const EPOCH = Number(process.env.SOURCE_DATE_EPOCH);

/** Runs with a directory that holds copies of the files under their new names, all as old as the commit. */
export function laidOut<T>(files: Record<string, string>, use: (directory: string) => T): T {
  const directory = mkdtempSync(join(tmpdir(), "claude-ops-release-"));
  try {
    for (const [name, source] of Object.entries(files)) {
      const path = join(directory, name);
      mkdirSync(dirname(path), { recursive: true });
      copyFileSync(source, path);
      chmodSync(path, /^(claude-ops|.*\.js|(.*\/)?bin\/[^/]*)$/.test(name) ? 0o755 : 0o644);
    }
    for (const entry of readdirSync(directory, { recursive: true })) {
      utimesSync(join(directory, String(entry)), EPOCH, EPOCH);
    }
    return use(directory);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** A compressed archive of the files, below one directory, that depends on nothing but them and the commit's time. */
export function archive(file: string, top: string, files: Record<string, string>): void {
  laidOut(files, (directory) => {
    const same = ["--sort=name", `--mtime=@${EPOCH}`, "--owner=0", "--group=0", "--numeric-owner"];
    const words = [...same, `--transform=s,^\\.,${top},`, "--use-compress-program=gzip -9n"];
    execFileSync("tar", [...words, "-C", directory, "-cf", resolve(file), "."]);
  });
}
