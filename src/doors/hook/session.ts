import { release, sweep } from "../../guard/guard.ts";
import { allHolds, type Hold } from "../../guard/holds.ts";
import { ownRecord } from "../../guard/holder.ts";
import { takeNotices } from "../../guard/notices.ts";
import { isEditing } from "../../guard/sentence.ts";
import { conflictsIn } from "../../sessions/conflicts.ts";
import { meaning } from "../../sessions/conflict_text.ts";
import { others } from "../../sessions/others.ts";
import { projectOf } from "../../sessions/project.ts";
import { register } from "../../sessions/registered.ts";
import type { HookContext } from "./context.ts";
import { type HookOutput, told } from "./output.ts";

/** At most so many lines of one kind: Claude reads them at each start. */
const most = 8;

/** A session starts, goes on or has forgotten: it is known from here on, and Claude hears who else is here. */
export async function sessionStarts(context: HookContext): Promise<HookOutput | undefined> {
  const { env, layout, me, input: { cwd } } = context;
  if (ownRecord(layout, env) === undefined) {
    register(layout, { project: projectOf(cwd), cwd, pid: me.identity.pid });
  }
  sweep(layout);
  return told("SessionStart", [
    ...whoElse(context),
    ...await fromStore(context),
    ...takeNotices(layout, me.id),
  ]);
}

/** A store that cannot be opened is said, and keeps nothing else from Claude. */
async function fromStore(context: HookContext): Promise<string[]> {
  try {
    return (await import("./shared.ts")).sharedLines(context);
  } catch (error) {
    return [`claude-ops cannot read what sessions share: ${error instanceof Error ? error.message : error}`];
  }
}

function whoElse({ layout, me, input: { cwd } }: HookContext): string[] {
  const all = others(layout).filter(({ id, pid }) =>
    id === undefined ? pid !== me.identity.pid : id !== me.id
  );
  const found = conflictsIn(cwd, all);
  const here = found.with.filter(({ level }) => level !== "safe");
  if (here.length === 0) return [];
  const names = new Set(here.map(({ other }) => other.name));
  const held = allHolds(layout).filter(({ by }) => names.has(by.name));
  return [
    `You work beside ${here.length === 1 ? "another session" : `${here.length} other sessions`}:`,
    ...some(here.map((conflict) => `- ${meaning(conflict, found)}`)),
    ...some(held.map((hold: Hold) => `- ${isEditing(hold, cwd)}`)),
    "Leave their files alone, or ask first; edits of a file that another session holds are stopped.",
  ];
}

const some = (lines: string[]) =>
  lines.length > most ? [...lines.slice(0, most), `- and ${lines.length - most} more`] : lines;

/** A session ends: what it held is free. */
export function sessionEnds({ layout, me }: HookContext): undefined {
  release(layout, me);
}
