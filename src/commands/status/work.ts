import { bytes } from "../../cli/amounts.ts";
import type { Outcome } from "../../cli/command.ts";
import type { Io } from "../../cli/io.ts";
import { renderTable } from "../../cli/output.ts";
import { detectScope, installation } from "../../host/installation.ts";
import { type Status, status } from "../../host/status.ts";
import { askHosts } from "../ask_hosts.ts";
import type { ConnectionOptions } from "../on_hosts.ts";
import { unaskedExit, unaskedLines } from "../unasked.ts";

/** `status` of this machine. */
export async function statusHere(io: Io): Promise<Outcome> {
  const found = await status(installation(detectScope()));
  const render = () => renderStatuses([{ host: found.hostname, ...found }], io);
  return { data: found, render, exit: unaskedExit(found.unasked) };
}

/** `status TARGET…`, a line for each host. */
export async function statusOfHosts(
  targets: string[],
  options: ConnectionOptions,
  io: Io,
): Promise<Outcome> {
  return await askHosts<Status>(targets, options, io, ["status"], {
    render: (statuses) => renderStatuses(statuses, io),
    exit: ({ unasked }) => unaskedExit(unasked),
  });
}

function renderStatuses(statuses: ({ host: string } & Status)[], io: Io): string {
  const columns = [
    { title: "HOST", shrink: true },
    { title: "CLAUDE CODE" },
    { title: "USERS", shrink: true, from: 76 },
    { title: "LIVE", align: "right" as const },
    { title: "ENDED", align: "right" as const },
    { title: "FREE MEMORY", from: 54, align: "right" as const },
    { title: "FREE DISK", from: 66, align: "right" as const },
    { title: "CLAUDE-OPS", from: 100 },
  ];
  const sum = (users: Status["users"], what: "live" | "ended") =>
    String(users.reduce((total, user) => total + user[what], 0));
  const cells = statuses.map((status) => [
    status.host,
    claudeCode(status.claudeCode),
    status.users.map(({ name }) => name).join(", "),
    sum(status.users, "live"),
    sum(status.users, "ended"),
    bytes(status.freeMemory),
    bytes(status.freeDisk),
    status.claudeOps,
  ]);
  const unasked = statuses.flatMap(({ host, unasked = [] }) =>
    unasked.map((one) => ({ ...one, target: host }))
  );
  return [renderTable(columns, cells, io.columns, io.style.dim), ...unaskedLines(unasked, io)].join("\n");
}

/** An older claude-ops on a host says nothing of what waits, nor of other installations. */
function claudeCode(
  { current, waiting, foreign = [] }: Pick<Status["claudeCode"], "current"> & Partial<Status["claudeCode"]>,
): string {
  const beside = [
    ...(waiting ? [`${waiting.version} waits`] : []),
    ...foreign.map(({ how, version }) => `beside ${version ?? "another"} by ${how}`),
  ];
  return `${current ?? "none"}${beside.length > 0 ? ` (${beside.join(", ")})` : ""}`;
}
