import type { Outcome } from "../cli/command.ts";
import type { Io } from "../cli/io.ts";
import { startProgress } from "../cli/progress.ts";
import { terminalPrompt } from "../cli/prompt.ts";
import type { ProgressStep } from "../cli/steps.ts";
import { printable } from "../cli/text.ts";
import { Exit, explainFailure, type Problem } from "../errors.ts";
import { connect } from "../remote/connect.ts";
import type { Connection } from "../remote/connection.ts";
import { rememberFailed } from "../remote/failed_hosts.ts";
import { type HostResult, onEach } from "../remote/fleet.ts";
import { Hops } from "../remote/route.ts";
import { SudoPasswords } from "../remote/sudo_passwords.ts";
import { distinctHosts } from "../remote/same_host.ts";
import type { Target } from "../remote/target.ts";
import { expandTargets } from "../remote/target_list.ts";
import { againWords, type HostFailure, tellFailure, tellFailures, tellRepeated } from "./host_failures.ts";

export interface ConnectionOptions {
  "accept-new": boolean;
  "ssh-config": string | undefined;
  jobs: number;
  /** Nothing is shown of how it goes on, as something else is shown. */
  quiet?: boolean;
}

/** What is done on one host; `show` tells of a step as it happens. */
export type HostWork<T> = (
  connection: Connection,
  host: string,
  show: (step: ProgressStep) => void,
) => Promise<T>;

/** What came of each host, and the word on those that failed: for the end, below what the others answered. */
export interface FleetResults<T> {
  results: HostResult<T>[];
  tellFailed(): void;
}

/**
 * Does the same over a connection to each host, and shows how it goes on. Names that are no hosts are refused before
 * anything is done.
 * @param changed what a changed thing is called in the summary
 */
export async function onHosts<T>(
  targets: readonly string[],
  options: ConnectionOptions,
  io: Io,
  work: HostWork<T>,
  changed?: string,
): Promise<FleetResults<T>> {
  const configFile = options["ssh-config"];
  const config = configFile === undefined ? {} : { configFile };
  const distinct = await distinctHosts(await expandTargets(targets), config);
  tellRepeated(distinct.repeated, io);
  const hosts = new Map(distinct.targets.map((target) => [target.text, target]));
  const failures: HostFailure[] = [];
  const several = hosts.size > 1;
  const progress = startProgress(io, changed, hosts.size);
  const prompt = terminalPrompt();
  const interaction = {
    interactive: prompt.interactive && !io.json,
    confirm: (question: string) => progress.suspend(() => prompt.confirm(question)),
    line: (question: string) => progress.suspend(() => prompt.line(question)),
    secret: (question: string) => progress.suspend(() => prompt.secret(question)),
  };
  const hops = new Hops();
  const sudoPasswords = new SudoPasswords(interaction, hosts.size);
  const whole = (host: string, status: "running" | "ok" | "failed", title: string, error?: Problem) => {
    if (options.quiet && status !== "failed") return;
    const step: ProgressStep = { id: "host", title, status, whole: true, ...(error ? { error } : {}) };
    progress.step(several ? { ...step, host } : step);
  };
  const results = await onEach([...hosts.keys()], options.jobs, async (host) => {
    whole(host, "running", "connecting");
    const connection = await connect(hosts.get(host)!, {
      interaction,
      hops,
      sudoPasswords,
      acceptNew: options["accept-new"],
      ...config,
      onWarning: (line) => io.stderr(`${io.errorStyle.yellow("warning:")} ${printable(line)}\n`),
    });
    const show = (step: ProgressStep) => {
      io.event({ host, ...step });
      if (step.error) failures.push({ host, step: step.title, problem: step.error });
      progress.step(several ? { ...step, host } : step);
    };
    whole(host, "running", "connected");
    try {
      return await work(connection, host, show);
    } finally {
      connection.close();
    }
  }, (result) => {
    // Of one host, it is told at the end.
    if (result.ok || !several) whole(result.host, "ok", "done");
    else whole(result.host, "failed", "", result.problem);
  });
  hops.close();
  progress.stop();
  const unreached = results.flatMap((result) => result.ok ? [] : [result]);
  const failed = [...failures, ...unreached];
  if (several) remember(failed, hosts, io);
  const tellFailed = () => {
    if (!several) unreached.forEach((result) => tellFailure(result, io));
    else if (failed.length > 0) {
      tellFailures(failed, hosts.size, againWords(process.argv.slice(2), targets), io);
    }
  };
  return { results, tellFailed };
}

/** Those that failed are what `@failed` means from now on. */
function remember(failures: readonly HostFailure[], hosts: ReadonlyMap<string, Target>, io: Io): void {
  const failed = new Set(failures.map(({ host }) => host));
  try {
    rememberFailed([...failed].map((host) => hosts.get(host)!));
  } catch (error) {
    io.stderr(
      `${io.errorStyle.yellow("warning:")} @failed will not know these hosts: ${
        explainFailure(error).message
      }\n`,
    );
  }
}

/** One host's result as it is, several as a list; a host that failed makes the whole fail. */
export function hostsOutcome<T extends object>(
  { results, tellFailed }: FleetResults<T>,
  view: { render?: (values: ({ host: string } & T)[]) => string; exit?: (value: T) => number },
): Outcome {
  const values = results.flatMap((result) => result.ok ? [{ host: result.host, ...result.value }] : []);
  const data = results.map((result) =>
    result.ok
      ? { host: result.host, ...result.value }
      : { host: result.host, ok: false, error: result.problem }
  );
  const failed = values.length < results.length;
  const exits = values.map((value) => view.exit?.(value) ?? Exit.ok);
  const { render } = view;
  return {
    data: data.length === 1 ? data[0] : { hosts: data, ok: !failed && !exits.includes(Exit.failed) },
    ...(render && values.length > 0 ? { render: () => render(values) } : {}),
    afterwards: tellFailed,
    exit: failed || exits.includes(Exit.failed) ? Exit.failed : Math.max(Exit.ok, ...exits),
  };
}
