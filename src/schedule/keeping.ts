import { mkdirSync, unlinkSync } from "node:fs";
import { Exit, Failure } from "../errors.ts";
import { SYSTEM } from "../host/layout.ts";
import { readOwnFile } from "../runtime/files.ts";
import { exclusively } from "../runtime/lock.ts";
import { identityOf, isAlive, type ProcessIdentity } from "../runtime/process.ts";
import { replaceFile } from "../store/replace_file.ts";

/**
 * Who keeps time; undefined where nobody does.
 * @param owner number of the user who would
 */
export function timeKeeper(directory: string, owner?: number): ProcessIdentity | undefined {
  const text = readOwnFile(`${directory}/keeper.json`, 1 << 14, owner);
  if (typeof text !== "string") return undefined;
  try {
    const keeper = JSON.parse(text) as ProcessIdentity;
    return isAlive(keeper) ? keeper : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Makes this process the one that keeps time. Returns what gives that up.
 * @throws Failure with exit status 75 where another one does
 */
export function claimKeeping(directory: string): () => void {
  const [ofDirectory, ofFile] = directory === SYSTEM.keeping ? [0o755, 0o644] : [0o700, 0o600];
  mkdirSync(directory, { recursive: true, mode: ofDirectory });
  exclusively(`${directory}/lock`, 10_000, () => {
    const other = timeKeeper(directory);
    if (other) {
      throw new Failure(`the schedule is kept already, by process ${other.pid}`, {
        hint: "one is enough: see claude-ops schedule",
        exit: Exit.busy,
        code: "running",
      });
    }
    const content = JSON.stringify(identityOf(process.pid)) + "\n";
    replaceFile(`${directory}/keeper.json`, content, { mode: ofFile, durable: false });
  });
  return () => unlinkSync(`${directory}/keeper.json`);
}
