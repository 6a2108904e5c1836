import type { Outcome } from "../cli/command.ts";
import type { Io } from "../cli/io.ts";
import { startProgress } from "../cli/progress.ts";
import { Exit } from "../errors.ts";
import type { HostStep } from "../remote/host_order.ts";
import { runThere } from "../remote/run_there.ts";
import { confirmPurge } from "./confirm_purge.ts";
import type { InstallSummary } from "./install_summary.ts";
import { type ConnectionOptions, onHosts, renderProblems } from "./on_hosts.ts";
import type { UninstallOptions } from "./uninstall_here.ts";

/** `uninstall TARGET…`. A purge is asked about once, before any host is touched. */
export async function uninstallHosts(
  targets: string[],
  options: UninstallOptions & ConnectionOptions,
  io: Io,
): Promise<Outcome> {
  await confirmPurge(options, `on ${targets.join(", ")}`, io);
  const words = ["uninstall", "--yes"];
  if (options.user !== undefined) words.push("--user", options.user);
  if (options.purge) words.push("--purge");
  if (options.force) words.push("--force");
  const progress = startProgress(io);
  const results = await onHosts(targets, options, io, progress, async (connection, host) => {
    const summary = await runThere(connection, words, (event) => {
      io.event({ host, ...event });
      progress.step({ ...event as unknown as HostStep, ...(targets.length > 1 ? { host } : {}) });
    });
    return summary as unknown as InstallSummary;
  }).finally(() => progress.stop());
  const data = results.map((result) =>
    result.ok
      ? { ...result.value, host: result.host }
      : { host: result.host, ok: false, error: result.problem }
  );
  return {
    data: data.length === 1 ? data[0] : { hosts: data, ok: data.every(({ ok }) => ok) },
    render: () => renderProblems(results, io),
    exit: data.every(({ ok }) => ok) ? Exit.ok : Exit.failed,
  };
}
