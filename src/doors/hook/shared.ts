import { existsSync } from "node:fs";
import { claims } from "../../coordination/claims.ts";
import { handoffs } from "../../coordination/handoff.ts";
import { openShared } from "../../coordination/open.ts";
import { brief } from "../../memory/brief.ts";
import { branchOf, placeOf } from "../../sessions/project.ts";
import type { HookContext } from "./context.ts";

/** Characters that memories may take of what Claude hears at a start. */
const budget = 2000;

/**
 * What the store knows that matters at a start: what is handed over and claimed, and what is remembered of the project.
 * Nothing where there is no store yet.
 */
export function sharedLines({ env, layout, me, input: { cwd } }: HookContext): string[] {
  if (!existsSync(`${layout.ops}/state.db`)) return [];
  const db = openShared(env);
  const place = placeOf(cwd);
  const waiting = handoffs(db, { project: place.project }).slice(-5).map(({ topic, from, message }) =>
    `- handed over by ${from}: ${topic}${message ? ` - ${message.slice(0, 200)}` : ""}`
  );
  const taken = claims(db).filter(({ owner }) => owner.session !== me.id).slice(-8).map(({ name, owner }) =>
    `- claimed by ${owner.name}: ${name}`
  );
  const remembered = brief(db, { project: place.project, branch: branchOf(place) ?? null }, budget);
  return [
    ...(waiting.length > 0 ? ["Work that waits to be taken up (pick_up):", ...waiting] : []),
    ...taken,
    ...(remembered === "" ? [] : [remembered]),
  ];
}
