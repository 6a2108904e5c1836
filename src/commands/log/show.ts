import type { Outcome } from "../../cli/command.ts";
import type { Io } from "../../cli/io.ts";
import { Exit } from "../../errors.ts";
import { isFollowed, logHere, type LogRequest } from "./here.ts";
import { logOfHosts } from "./hosts.ts";
import { LogView, type Row } from "./view.ts";
import { sinceWhen } from "../../config/since.ts";
import type { ConnectionOptions } from "../on_hosts.ts";

interface Options extends ConnectionOptions {
  follow: boolean;
  since: string | undefined;
  "until-eof": boolean;
}

/** `log`: all that there is, oldest first; with `--follow` then each line as it is written. */
export async function showLog(words: string[], options: Options, io: Io): Promise<Outcome> {
  const since = options.since === undefined ? undefined : sinceWhen(options.since);
  const stop = options.follow ? stopSignal(options["until-eof"]) : undefined;
  const targets = words.length > 0 ? await hostsOf(words) : [];
  const view = new LogView(io, targets.length > 1 ? targets : []);
  const rows: Row[] = [];
  const emit = (batch: Row[]) => {
    if (!isFollowed(request)) return void rows.push(...batch);
    if (!io.json) io.stdout(view.show(batch));
    for (const row of batch) io.event(row);
  };
  const request: LogRequest = { since, stop: stop?.signal, emit };
  const { failed, tellFailed } = targets.length > 0
    ? await logOfHosts(targets, options, request, io)
    : { failed: await logHere(request), tellFailed: undefined };
  const end = tellFailed === undefined ? {} : { afterwards: tellFailed };
  if (stop) return { data: { ok: !failed, ended: true }, exit: failed ? Exit.failed : stop.exit(), ...end };
  // Stable: lines of one log stay in the order in which they were written.
  const origins = new Set(rows.map(({ host = "", user = "" }) => `${host}\0${user}`));
  if (origins.size > 1) rows.sort((a, b) => compare(a.time, b.time) || compare(a.host, b.host));
  return {
    data: { events: rows },
    ...(failed && rows.length === 0 ? {} : { render: () => view.folded(rows) }),
    ...end,
    exit: failed ? Exit.failed : Exit.ok,
  };
}

/** Which hosts there are has to be known before the first line: by that, columns are made. */
async function hostsOf(words: string[]): Promise<string[]> {
  const { expandTargets } = await import("../../remote/target_list.ts");
  return (await expandTargets(words)).map(({ text }) => text);
}

const compare = (a = "", b = "") => a < b ? -1 : a > b ? 1 : 0;

/** What ends following: a signal, or, where another claude-ops reads us, that it closed our stdin or is gone. */
function stopSignal(untilEof: boolean) {
  const controller = new AbortController();
  let exit: number = Exit.ok;
  for (const [name, number] of [["SIGINT", 2], ["SIGTERM", 15], ["SIGHUP", 1]] as const) {
    process.once(name, () => {
      exit = 128 + number;
      controller.abort();
    });
  }
  if (untilEof) {
    for (const event of ["end", "close", "error"]) process.stdin.once(event, () => controller.abort());
    process.stdin.resume();
  }
  return { signal: controller.signal, exit: () => exit };
}
