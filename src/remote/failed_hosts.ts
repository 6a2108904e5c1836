import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { Failure, UsageFailure } from "../errors.ts";
import { replaceFile } from "../store/replace_file.ts";
import type { Target } from "./target.ts";

function place(): string {
  const state = process.env.XDG_STATE_HOME;
  return `${state?.startsWith("/") ? state : `${homedir()}/.local/state`}/claude-ops`;
}

/** Remembers which of several hosts failed, so that `@failed` means them. */
export function rememberFailed(failed: readonly Target[]): void {
  const file = `${place()}/failed.json`;
  if (failed.length === 0) return rmSync(file, { force: true });
  mkdirSync(place(), { recursive: true, mode: 0o700 });
  replaceFile(file, JSON.stringify(failed), { mode: 0o600 });
}

/** @throws {UsageFailure} where none did */
export function failedHosts(): Target[] {
  try {
    return JSON.parse(readFileSync(`${place()}/failed.json`, "utf8")) as Target[];
  } catch (error) {
    if (error instanceof SyntaxError) {
      throw new Failure(`${place()}/failed.json cannot be read`, { cause: error });
    }
    throw new UsageFailure(
      "no host failed the last time",
      "@failed means the hosts that failed when several were worked on",
    );
  }
}
