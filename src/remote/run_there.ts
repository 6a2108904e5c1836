import { Failure, problemFrom } from "../errors.ts";
import { asTypedHere } from "../host/from_afar.ts";
import { calledAs } from "../runtime/called_as.ts";
import type { Connection } from "./connection.ts";
import { invoke, type JsonObject } from "./invoke.ts";
import { INSTALLED_PATH } from "./probe.ts";
import { typed } from "./target.ts";

/**
 * Runs a command of claude-ops on a host where it is installed, as root where that can be: a managed user without sudo
 * gets what concerns that user. Running work is told line by line.
 * With `live` each line is told at once, and stdin there ends when that is aborted.
 * @throws {Failure} the host's own failure, `not-installed`, `program-lost` (its traces are there), `not-executable`, or why sudo does not let us
 */
export async function runThere(
  connection: Connection,
  words: readonly string[],
  onEvent: (event: JsonObject) => void = () => {},
  live?: AbortSignal,
): Promise<JsonObject> {
  const { stdout } = await connection.exec(["sh", "-c", LOOK, INSTALLED_PATH]);
  const has = (fact: string) => stdout.split("\n").includes(fact);
  if (!has("program=usable")) {
    if (has("program=there")) throw unusable(connection, "cannot be executed", "not-executable");
    throw unusable(connection, "is not installed", has("rest=there") ? "program-lost" : "not-installed");
  }
  const staysUser = has("managed=yes") && !has("sudo=free") && words[0] !== "uninstall";
  if (!has("uid=0") && !staysUser) await connection.becomeRoot();
  const asRoot = typed(staysUser ? { ...connection.target, user: "root" } : connection.target);
  let last: JsonObject | undefined;
  const { summary } = await invoke(connection, [INSTALLED_PATH, ...words, "--json"], {
    ...(live ? { stdin: nothingUntil(live) } : {}),
    onEvent: (event) => {
      if (live) onEvent(event);
      else if (last) onEvent(last);
      last = event;
    },
  });
  if (summary.error !== undefined) {
    const { message, hint, ...rest } = problemFrom(summary.error);
    throw new Failure(
      message,
      hint === undefined ? rest : { ...rest, hint: asTypedHere(hint, calledAs(), asRoot) },
    );
  }
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

const LOOK = [
  "if test -x $0; then echo program=usable; elif test -e $0; then echo program=there; fi",
  "test -e /etc/claude-ops/users && echo rest=there",
  "echo uid=$(id -u); test $(id -u) = 0 && exit",
  "test -e /etc/claude-ops/users/$(id -un).json && echo managed=yes",
  "sudo -n true </dev/null 2>/dev/null && echo sudo=free",
].join("; ");

function unusable({ target }: Connection, how: string, code: string): Failure {
  return new Failure(`claude-ops ${how} on ${target.text}`, {
    hint: `${calledAs()} install ${typed(target)}`,
    code,
  });
}
