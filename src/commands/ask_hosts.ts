import type { Outcome } from "../cli/command.ts";
import type { Io } from "../cli/io.ts";
import { runThere } from "../remote/run_there.ts";
import { type ConnectionOptions, hostsOutcome, onHosts } from "./on_hosts.ts";
import { readable } from "./readable.ts";

/** What several hosts answered, as one. */
export interface View<T> {
  render(answers: ({ host: string } & T)[]): string;
  exit?(answer: T): number;
}

/** Runs one of our commands on each host. What cannot be shown of an answer is that host's failure. */
export async function askHosts<T extends object>(
  targets: readonly string[],
  options: ConnectionOptions,
  io: Io,
  words: readonly string[],
  view: View<T>,
): Promise<Outcome> {
  const results = await onHosts(
    targets,
    options,
    io,
    async (connection, host) =>
      readable<T>(await runThere(connection, words), (told) => {
        view.render([{ host, ...told }]);
        view.exit?.(told);
      }),
  );
  return hostsOutcome(results, view);
}
