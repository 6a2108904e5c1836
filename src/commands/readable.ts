import { explainFailure, Failure } from "../errors.ts";

/**
 * What another claude-ops told, once `use` could do with it what will be done: what is no such answer, or one of another
 * version, is that host's or user's failure alone.
 * @throws {Failure} `bad-answer`
 */
export function readable<T>(told: unknown, use: (value: T) => unknown): T {
  try {
    use(told as T);
  } catch (cause) {
    throw new Failure("gave an answer that cannot be read", {
      hint: `does it run the same version of claude-ops? (${explainFailure(cause).message})`,
      code: "bad-answer",
      cause,
    });
  }
  return told as T;
}
