import { versionsRoots } from "../claude/executable.ts";
import type { Environment } from "../claude/environment.ts";
import { layoutOf } from "../sessions/paths.ts";
import { caller, registered } from "../sessions/registered.ts";
import { type Owner, ownerOfProcess, recordOf, sessionOwner } from "./owner.ts";

/**
 * Who is meant when nobody is named: the session; outside of one, or in what a session left in the background, the
 * nearest Claude Code above this process; else the parent, which is the calling shell or script.
 * @throws Failure when none of them runs
 */
export function callingOwner(env: Environment): Owner {
  const session = sessionOwner(env);
  if (session !== undefined) return session;
  const layout = layoutOf(env);
  const pid = caller(versionsRoots(layout.home, env));
  const record = recordOf(env);
  if (record !== undefined) return ownerOfProcess(pid, { name: record.name, session: record.id });
  const name = registered(layout).find(({ identity }) => identity.pid === pid)?.name;
  return ownerOfProcess(pid, name === undefined ? {} : { name });
}

/** What a process is called that is about to become a program: by the session too, where there is one. */
export function namedAfter(env: Environment, program: string): { name: string; session?: string } {
  const record = recordOf(env);
  const word = `${program.slice(program.lastIndexOf("/") + 1)} (${process.pid})`;
  return record === undefined ? { name: word } : { name: `${record.name}: ${word}`, session: record.id };
}
