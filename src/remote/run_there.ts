import { Failure, type Problem } from "../errors.ts";
import type { Connection } from "./connection.ts";
import { invoke, type JsonObject } from "./invoke.ts";
import { INSTALLED_PATH } from "./probe.ts";

/**
 * Runs a command of claude-ops on a host where it is installed; running work is told line by line.
 * @throws {Failure} the host's own failure, or `not-installed`
 */
export async function runThere(
  connection: Connection,
  words: readonly string[],
  onEvent: (event: JsonObject) => void = () => {},
): Promise<JsonObject> {
  const { code } = await connection.exec(["test", "-x", INSTALLED_PATH]);
  if (code !== 0) throw notInstalled(connection);
  let last: JsonObject | undefined;
  const { summary } = await invoke(connection, [INSTALLED_PATH, ...words, "--json"], {
    onEvent: (event) => {
      if (last) onEvent(last);
      last = event;
    },
  });
  const error = summary.error as Problem | undefined;
  if (error !== undefined) throw new Failure(error.message, error);
  return summary;
}

function notInstalled({ target }: Connection): Failure {
  return new Failure(`claude-ops is not installed on ${target.text}`, {
    hint: `claude-ops install ${target.text}`,
    code: "not-installed",
  });
}
