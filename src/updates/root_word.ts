import { readFileSync } from "node:fs";
import { replaceFile } from "../store/replace_file.ts";

/** What root's side of an update said last, for those who could not hear it: the machine's versions are for all to read. */
interface Word {
  /** ISO 8601. */
  at: string;
  said: unknown;
}

const pathIn = (versions: string) => `${versions}/last-update.json`;

/** Best effort: an update that went well must not fail by a disk that is full afterwards. */
export function leaveWord(versions: string, said: unknown): void {
  const word: Word = { at: new Date().toISOString(), said };
  try {
    replaceFile(pathIn(versions), JSON.stringify(word) + "\n", { mode: 0o644, durable: false });
  } catch {
    // Whoever reads it sees by its time that it is an old one.
  }
}

/** What root said not longer ago than `age` (ms); undefined where it said nothing. */
export function lastWord(versions: string, age: number): unknown {
  try {
    const { at, said } = JSON.parse(readFileSync(pathIn(versions), "utf8")) as Word;
    const passed = Date.now() - Date.parse(at);
    return passed >= 0 && passed <= age ? said : undefined;
  } catch {
    return undefined;
  }
}
