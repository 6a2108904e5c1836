import type { ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import { explainFailure, Failure, type Problem } from "../errors.ts";

/**
 * Reads the JSON lines that a process of this program prints: the last one comes back, each is told as it comes.
 * @throws Failure when it cannot be started, or ends without a word
 */
export async function lastLine(
  child: ChildProcess,
  onLine: (line: Record<string, unknown>) => void,
): Promise<Record<string, unknown>> {
  let last: Record<string, unknown> | undefined;
  createInterface({ input: child.stdout! }).on("line", (line) => onLine(last = JSON.parse(line)));
  const end = await new Promise<string>((resolve) => {
    child.on("error", (error) => resolve(explainFailure(error).message));
    child.on("close", (code, signal) => resolve(signal ?? `status ${code}`));
  });
  if (last !== undefined) return last;
  throw new Failure(`what receives what is shared ended without a word: ${end}`, {
    hint: "run the same command again",
  });
}

/** The last line of `receive-shared`. @throws Failure that it tells */
export function orFailure(said: Record<string, unknown>): Record<string, unknown> {
  const error = said.error as Problem | undefined;
  if (error !== undefined) throw new Failure(error.message, error);
  return said;
}
