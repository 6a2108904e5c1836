import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { pluginFiles } from "../claude/plugin/files.ts";
import { errno } from "../errors.ts";

const month = 30 * 86_400_000;

/** Puts the plugin into its directory, whole or not at all; leaves one alone that is there and the same. */
export function layOutPlugin(directory: string, program: readonly string[], version: string): void {
  const files = pluginFiles(program, version);
  if (isThere(directory, files)) return;
  const next = `${directory}.${process.pid}`;
  try {
    writeFiles(next, files, 0o444);
    // Only an unfinished build finds another one in its place.
    rmSync(directory, { recursive: true, force: true });
    renameSync(next, directory);
  } catch (error) {
    rmSync(next, { recursive: true, force: true });
    // Another start was faster.
    if (errno(error) !== "ENOTEMPTY" && errno(error) !== "EEXIST") throw error;
  }
  removeOthers(directory);
}

/** Writes files below a directory, which is made. */
export function writeFiles(directory: string, files: Readonly<Record<string, string>>, mode: number): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(`${directory}/${path}`), { recursive: true, mode: 0o755 });
    writeFileSync(`${directory}/${path}`, text, { mode });
  }
}

function isThere(directory: string, files: Readonly<Record<string, string>>): boolean {
  try {
    return Object.entries(files).every(([path, text]) =>
      readFileSync(`${directory}/${path}`, "utf8") === text
    );
  } catch {
    return false;
  }
}

/** Older versions' plugins that no process of this machine has on its command line, and nobody laid out lately. */
function removeOthers(directory: string): void {
  const parent = dirname(directory);
  try {
    const others = readdirSync(parent).map((name) => `${parent}/${name}`).filter((path) =>
      path !== directory && Date.now() - statSync(path).mtimeMs > month
    );
    if (others.length === 0) return;
    const lines = readdirSync("/proc").filter((name) => /^\d+$/.test(name)).map(commandLine).join("\0");
    for (const path of others) if (!lines.includes(path)) rmSync(path, { recursive: true, force: true });
  } catch {
    // Some kilobytes stay.
  }
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch {
    return "";
  }
}
