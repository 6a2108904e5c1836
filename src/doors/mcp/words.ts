import type { Grant, Taken } from "../../coordination/grants.ts";
import type { Returned } from "../../coordination/give_back.ts";
import { age } from "../../sessions/age.ts";

/** What Claude needs to know of a claim or a lock. */
export const grantWords = ({ name, owner, since, number, note, expiry }: Grant) => ({
  name,
  by: owner.name,
  since,
  number,
  ...(note !== undefined && { note }),
  ...(expiry !== undefined && { until: expiry }),
});

/** What came of taking something: who has it, where that is somebody else. */
export function takenWords(taken: Taken, whatElse: string): object {
  if (taken.granted) {
    return { granted: true, number: taken.grant.number, ...(taken.again && { yoursBefore: true }) };
  }
  const { owner, since, note } = taken.holder;
  return {
    granted: false,
    by: owner.name,
    since,
    ...(note !== undefined && { note }),
    advice: `${owner.name} has it for ${age(since)}: ${whatElse}`,
  };
}

/** What came of giving something back. */
export function returnedWords(returned: Returned, name: string): object {
  if (returned.returned) return { released: true };
  return returned.holder === undefined
    ? { released: false, advice: `nobody has ${name}` }
    : { released: false, by: returned.holder.owner.name, advice: "it is not this session's: ask the person" };
}
