import { Failure, type Problem } from "../errors.ts";
import type { Connection } from "./connection.ts";
import { invoke, type JsonObject } from "./invoke.ts";
import { INSTALLED_PATH } from "./probe.ts";

/**
 * Runs a command of claude-ops on a host where it is installed; running work is told line by line.
 * With `live` each line is told at once, and stdin there ends when that is aborted.
 * @throws {Failure} the host's own failure, or `not-installed`
 */
export async function runThere(
  connection: Connection,
  words: readonly string[],
  onEvent: (event: JsonObject) => void = () => {},
  live?: AbortSignal,
): Promise<JsonObject> {
  const { code } = await connection.exec(["sh", "-c", LOOK, INSTALLED_PATH]);
  if (code !== 0) throw unusable(connection, code === 3 ? "cannot be executed" : "is not installed");
  let last: JsonObject | undefined;
  const { summary } = await invoke(connection, [INSTALLED_PATH, ...words, "--json"], {
    ...(live ? { stdin: nothingUntil(live) } : {}),
    onEvent: (event) => {
      if (live) onEvent(event);
      else if (last) onEvent(last);
      last = event;
    },
  });
  const error = summary.error as Problem | undefined;
  if (error !== undefined) throw new Failure(error.message, error);
  return summary;
}

/** An input that says nothing and ends with the signal. */
function nothingUntil(signal: AbortSignal): AsyncIterable<Uint8Array> {
  const next = async () => {
    if (!signal.aborted) await new Promise((resolve) => signal.addEventListener("abort", resolve));
    return { done: true, value: undefined } as const;
  };
  return { [Symbol.asyncIterator]: () => ({ next }) };
}

const LOOK = "test -x $0 && exit 0; test -e $0 && exit 3; exit 4";

function unusable({ target }: Connection, how: string): Failure {
  return new Failure(`claude-ops ${how} on ${target.text}`, {
    hint: `claude-ops install ${target.text}`,
    code: "not-installed",
  });
}
