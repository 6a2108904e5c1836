import { Failure } from "../errors.ts";

/** Codes of failures that a person may decide otherwise. */
export const severalFit = "name-ambiguous";
export const hostFull = "host-full";
export const conflictAhead = "conflict-ahead";

/** Whether a start failed only because somebody has to decide something first. */
export function isQuestion(error: unknown): error is Failure {
  return error instanceof Failure && [severalFit, hostFull, conflictAhead].includes(error.code ?? "");
}
