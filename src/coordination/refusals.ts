import { localTime } from "../cli/text.ts";
import { Exit, Failure } from "../errors.ts";
import type { Grant } from "./grants.ts";

/** A grant as programs are shown it. */
export function grantData({ name, number, owner, since, expiry, note }: Grant) {
  return {
    name,
    owner: owner.name,
    session: owner.session ?? null,
    pid: owner.identity.pid,
    since,
    number,
    ...(expiry === undefined ? {} : { until: expiry.time }),
    ...(note === undefined ? {} : { note }),
  };
}

/** Who has it, since when and why, in words. */
export function holderText({ owner, since, expiry, note }: Grant): string {
  const until = expiry === undefined ? "" : ` until ${localTime(expiry.time)}`;
  return `${owner.name} has had it since ${localTime(since)}${until}${note === undefined ? "" : `: ${note}`}`;
}

/** Somebody else has what was asked for. */
export function held(grant: Grant): Failure {
  const { kind, name, owner } = grant;
  const hints: Record<Grant["kind"], string> = {
    claim: "take something else, or wait for it with --wait",
    lock:
      `it is free as soon as ${owner.name} gives it back or ends; wait for longer with --wait or --timeout`,
  };
  return new Failure(`${kind} ${name} is taken: ${holderText(grant)}`, {
    hint: hints[kind],
    exit: Exit.busy,
    code: "held",
    details: { holder: grantData(grant) },
  });
}

/** It cannot be given back by who asked: somebody else has it, or nobody does. */
export function notYours(kind: Grant["kind"], name: string, holder: Grant | undefined): Failure {
  if (holder === undefined) {
    return new Failure(`nobody has ${kind} ${name}`, {
      hint: `see claude-ops ${kind === "claim" ? "claims" : "lock list"}`,
      code: "not-held",
    });
  }
  return new Failure(`${kind} ${name} is not yours: ${holderText(holder)}`, {
    hint: "it ends with its owner; --force takes it away from a living one",
    code: "not-yours",
    details: { holder: grantData(holder) },
  });
}
