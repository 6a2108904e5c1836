import type { Outcome } from "../../cli/command.ts";
import type { Io } from "../../cli/io.ts";
import { renderTable } from "../../cli/output.ts";
import { UsageFailure } from "../../errors.ts";
import { describeOccupants } from "../../updates/occupants.ts";
import type { UpdateResult } from "../../updates/run.ts";
import { askHosts } from "../ask_hosts.ts";
import type { ConnectionOptions } from "../on_hosts.ts";
import { modeOf, patienceOf, type UpdateOptions } from "./options.ts";
import { exitOf } from "./text.ts";

/** `update TARGET…`: each host fetches and switches for itself. */
export async function updateHosts(
  targets: readonly string[],
  options: UpdateOptions & ConnectionOptions,
  io: Io,
): Promise<Outcome> {
  if (options.quiet || options.system) throw new UsageFailure("--quiet and --system are for this machine");
  return await askHosts<UpdateResult>(targets, options, io, wordsFor(options), {
    render: (found) => render(found, io),
    exit: exitOf,
  });
}

function render(found: readonly ({ host: string } & UpdateResult)[], io: Io): string {
  const columns = [{ title: "HOST", shrink: true }, { title: "CLAUDE CODE" }, { title: "WHY", shrink: true }];
  const cells = found.map(({ host, ...result }) => [host, ...inShort(result as UpdateResult)]);
  return renderTable(columns, cells, io.columns, io.style.dim);
}

/** @throws UsageFailure for options that contradict each other, before any host is asked */
function wordsFor(options: UpdateOptions): string[] {
  const mode = modeOf(options);
  patienceOf(options);
  return [
    "update",
    ...(mode === "update" ? [] : [`--${mode}`]),
    ...(options.to === undefined ? [] : ["--to", options.to]),
    ...(options["max-wait"] === undefined ? [] : ["--max-wait", options["max-wait"]]),
  ];
}

/** What is there now, and why it is not something else. */
function inShort(result: UpdateResult): [string, string] {
  switch (result.status) {
    case "current":
      return [result.current ?? "none", result.available ? "the newest that is wanted" : "nothing waits"];
    case "available":
      return [result.current ?? "none", `${result.available} is available`];
    case "staged":
      return [result.current ?? "none", `${result.to} is fetched and waits`];
    case "updated":
      return [result.to, `updated from ${result.from ?? "none"}`];
    case "rolled-back":
      return [result.to, `went back from ${result.from}`];
    case "deferred":
      return [result.from ?? "none", `${result.to} waits for ${describeOccupants(result.waitingFor)}`];
    default:
      return ["-", "updates are switched off"];
  }
}
