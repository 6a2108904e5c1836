import type { Io } from "../../cli/io.ts";
import { printable } from "../../cli/text.ts";
import { explainFailure } from "../../errors.ts";
import { runThere } from "../../remote/run_there.ts";
import { type LogRequest, logWords, rowsOf } from "./here.ts";
import { type ConnectionOptions, onHosts } from "../on_hosts.ts";

/** `log TARGET…`: each host reads its own, here it is shown. */
export async function logOfHosts(
  targets: string[],
  options: ConnectionOptions,
  request: LogRequest,
  io: Io,
): Promise<{ failed: boolean; tellFailed(): void }> {
  const { stop } = request;
  // Followed hosts never make room for others.
  const jobs = stop ? targets.length : options.jobs;
  let lost = false;
  const { results, tellFailed } = await onHosts(
    targets,
    { ...options, jobs, quiet: true },
    io,
    async (connection, host) => {
      const emit = (events: unknown) => request.emit(rowsOf(events).map((row) => ({ ...row, host })));
      try {
        const said = await runThere(connection, logWords(request), (line) => emit([line]), stop);
        emit(said.events);
      } catch (error) {
        if (!stop || targets.length === 1) throw error;
        // The others go on, perhaps for hours: this is to be known now.
        io.stderr(
          `${io.errorStyle.red(`${printable(host)}:`)} ${printable(explainFailure(error).message)}\n`,
        );
        lost = true;
      }
    },
  );
  return { failed: lost || results.some(({ ok }) => !ok), tellFailed };
}
