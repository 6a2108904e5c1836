import { shortPath } from "../../cli/paths.ts";
import type { Io } from "../../cli/io.ts";
import { renderTable } from "../../cli/output.ts";
import type { Grant } from "../../coordination/grants.ts";
import type { Health, Member } from "../../coordination/health.ts";
import { grantData } from "../../coordination/refusals.ts";

/** For `--json`. */
export function healthData({ members, freed, returned }: Health) {
  return {
    members: members.map(({ owner, liveness, doing, project, claims, locks, files, tasks }) => ({
      name: owner.name,
      session: owner.session ?? null,
      pid: owner.identity.pid,
      liveness,
      ...(doing === undefined ? {} : { doing, project }),
      claims: claims.map(grantData),
      locks: locks.map(grantData),
      files,
      tasks: tasks.map(({ id, queue, value }) => ({ id, queue, value })),
    })),
    freed: freed.map((grant) => ({ kind: grant.kind, ...grantData(grant) })),
    returned,
  };
}

/** For people. */
export function renderHealth({ members, freed, returned }: Health, io: Io): string {
  const columns = [
    { title: "NAME" },
    { title: "PID", align: "right" },
    { title: "STATE" },
    { title: "HAS", shrink: true },
  ] as const;
  const rows = members.map((member) => [
    member.owner.name,
    String(member.owner.identity.pid),
    member.doing ?? member.liveness,
    possessions(member),
  ]);
  return [
    members.length === 0 ? "nobody is here" : renderTable(columns, rows, io.columns, io.style.dim),
    ...freed.map(({ kind, name, owner }) => `freed ${kind} ${name} of ${owner.name}, which has ended`),
    ...(returned === 0 ? [] : [`${returned} ${returned === 1 ? "task" : "tasks"} went back to the queue`]),
  ].join("\n");
}

function possessions({ claims, locks, files, tasks }: Member): string {
  const names = (kind: string, grants: readonly Grant[]) =>
    grants.length === 0 ? [] : [`${kind} ${grants.map(({ name }) => name).join(", ")}`];
  const edits = files.length === 0 ? [] : [`edits ${files.map((path) => shortPath(path, 40)).join(", ")}`];
  const work = tasks.map(({ queue, id }) => `task ${id} of ${queue}`);
  return [...names("claims", claims), ...names("locks", locks), ...edits, ...work].join("; ");
}
