import type { Outcome } from "../../cli/command.ts";
import type { Io } from "../../cli/io.ts";
import { stepFrom } from "../../cli/steps.ts";
import { Exit, Failure } from "../../errors.ts";
import { runThere } from "../../remote/run_there.ts";
import { confirmPurge } from "./confirm_purge.ts";
import { type InstallSummary, summarize } from "../install/summary.ts";
import { type ConnectionOptions, hostsOutcome, onHosts } from "../on_hosts.ts";
import { type UninstallOptions, whatStays } from "./here.ts";
import { calledAs } from "../../runtime/called_as.ts";

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
  const results = await onHosts(targets, options, io, async (connection, host, show) => {
    const said = await runThere(connection, words, (event) => {
      const step = stepFrom(event);
      if (step) show(step);
    }).catch((error) => {
      if (!(error instanceof Failure) || error.code !== "not-installed") throw error;
      if (options.purge) throw gone(error, host);
      // An uninstall before this one has done it all.
      const step = { id: "program", title: "claude-ops", status: "skipped", changed: false } as const;
      show({ ...step, detail: "is not installed: nothing to take away" });
      return summarize(host, [step], 0);
    });
    const { host: _, ...summary } = said as unknown as InstallSummary;
    return summary;
  }, "removed");
  return hostsOutcome(results, {
    render: (summaries) => summaries.length === 1 ? whatStays(options, summaries[0]!.changed) : "",
    exit: ({ ok }) => ok ? Exit.ok : Exit.failed,
  });
}

/** An uninstall before this one left sessions and accounts; the program that knows them has to be there to take them. */
function gone({ message, code }: Failure, host: string): Failure {
  return new Failure(message, {
    hint:
      `to purge what an earlier uninstall left: ${calledAs()} install ${host} --claude-version none, then this again`,
    ...(code === undefined ? {} : { code }),
  });
}
