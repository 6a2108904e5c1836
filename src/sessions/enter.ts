import { realpathSync } from "node:fs";
import { errno, Failure } from "../errors.ts";
import { quoted } from "./name.ts";
import type { SessionRecord } from "./record.ts";

/**
 * Goes to the directory that a session works in; its path without symbolic links.
 * @throws Failure when it is not there
 */
export function enter(directory: string | undefined): string {
  try {
    if (directory === undefined) return process.cwd();
    const path = realpathSync.native(directory);
    process.chdir(path);
    return path;
  } catch (error) {
    const which = directory ?? "the current directory";
    const why = { ENOENT: "it does not exist", ENOTDIR: "it is not a directory", EACCES: "not allowed" };
    throw new Failure(`cannot work in ${which}: ${why[errno(error) as keyof typeof why] ?? error}`, {
      hint: directory !== undefined && errno(error) === "ENOENT"
        ? `make it first, or name another: mkdir -p ${quoted(whole(directory))}`
        : "name a directory with --project DIR",
      cause: error,
    });
  }
}

const whole = (path: string) => path.startsWith("/") ? path : `${process.cwd()}/${path}`;

/** To the directory that a session was in: a vanished one is asked about, never guessed. */
export function goBack({ name, cwd }: SessionRecord): string {
  try {
    return enter(cwd);
  } catch (error) {
    throw new Failure(
      `session ${name} was in a directory that cannot be entered: ${(error as Error).message}`,
      {
        hint: "say where to go on instead: --project DIR",
        code: "directory-gone",
        cause: error,
      },
    );
  }
}
