import type { Entry } from "../coordination/state.ts";
import { Exit, Failure } from "../errors.ts";

/** A value is not what it was expected to be. */
export function overtaken(scope: string, key: string, current: Entry | undefined): Failure {
  const is = current === undefined
    ? "there is none"
    : `it is ${JSON.stringify(current.value).slice(0, 200)}, version ${current.version}, by ${current.by}`;
  return new Failure(`${key} in ${scope} is not as expected: ${is}`, {
    hint: "read it again, change that, and set it with its version",
    exit: Exit.busy,
    code: "overtaken",
    details: { current: current ?? null },
  });
}
