import type { Outcome } from "../../cli/command.ts";
import type { Io } from "../../cli/io.ts";
import { stepFrom } from "../../cli/steps.ts";
import { Exit } from "../../errors.ts";
import { runThere } from "../../remote/run_there.ts";
import { confirmPurge } from "./confirm_purge.ts";
import type { InstallSummary } from "../install/summary.ts";
import { type ConnectionOptions, hostsOutcome, onHosts } from "../on_hosts.ts";
import type { UninstallOptions } from "./here.ts";

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
  const results = await onHosts(targets, options, io, async (connection, _host, show) => {
    const said = await runThere(connection, words, (event) => {
      const step = stepFrom(event);
      if (step) show(step);
    });
    const { host: _, ...summary } = said as unknown as InstallSummary;
    return summary;
  }, "removed");
  return hostsOutcome(results, { exit: ({ ok }) => ok ? Exit.ok : Exit.failed });
}
