import type { Outcome } from "../cli/command.ts";
import type { Io } from "../cli/io.ts";
import { startProgress } from "../cli/progress.ts";
import { terminalPrompt } from "../cli/prompt.ts";
import type { ProgressStep } from "../cli/steps.ts";
import { printable } from "../cli/text.ts";
import { Exit } from "../errors.ts";
import { connect, type Connection } from "../remote/connection.ts";
import { type HostResult, onEach } from "../remote/fleet.ts";
import { Hops } from "../remote/route.ts";
import { parseTarget } from "../remote/target.ts";

export interface ConnectionOptions {
  "accept-new": boolean;
  "ssh-config": string | undefined;
  jobs: number;
}

/** What is done on one host; `show` tells of a step as it happens. */
export type HostWork<T> = (
  connection: Connection,
  host: string,
  show: (step: ProgressStep) => void,
) => Promise<T>;

/**
 * Does the same over a connection to each host, shows how it goes on, and tells which hosts could not be reached or gave
 * up, why, and what to do. Names that are no hosts are refused before anything is done.
 * @param changed what a changed thing is called in the summary
 */
export async function onHosts<T>(
  targets: readonly string[],
  options: ConnectionOptions,
  io: Io,
  work: HostWork<T>,
  changed?: string,
): Promise<HostResult<T>[]> {
  const parsed = new Map(targets.map((text) => [text, parseTarget(text)]));
  const progress = startProgress(io, changed);
  const prompt = terminalPrompt();
  const interaction = {
    interactive: prompt.interactive && !io.json,
    confirm: (question: string) => progress.suspend(() => prompt.confirm(question)),
    line: (question: string) => progress.suspend(() => prompt.line(question)),
    secret: (question: string) => progress.suspend(() => prompt.secret(question)),
  };
  const configFile = options["ssh-config"];
  const hops = new Hops();
  const results = await onEach([...parsed.keys()], options.jobs, async (host) => {
    const connection = await connect(parsed.get(host)!, {
      interaction,
      hops,
      acceptNew: options["accept-new"],
      ...(configFile === undefined ? {} : { configFile }),
      onWarning: (line) => io.stderr(`${io.errorStyle.yellow("warning:")} ${printable(line)}\n`),
    });
    const show = (step: ProgressStep) => {
      io.event({ host, ...step });
      progress.step(parsed.size > 1 ? { ...step, host } : step);
    };
    try {
      return await work(connection, host, show);
    } finally {
      connection.close();
    }
  });
  hops.close();
  progress.stop();
  for (const result of results) if (!result.ok) tell(result, io);
  return results;
}

function tell({ host, problem: { message, hint } }: HostResult<never> & { ok: false }, io: Io): void {
  const { red, yellow } = io.errorStyle;
  io.stderr(`${red(`${printable(host)}:`)} ${printable(message)}\n`);
  if (hint) io.stderr(`${yellow("hint:")} ${printable(hint)}\n`);
}

/** One host's result as it is, several as a list; a host that failed makes the whole fail. */
export function hostsOutcome<T extends object>(
  results: readonly HostResult<T>[],
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
    exit: failed || exits.includes(Exit.failed) ? Exit.failed : Math.max(Exit.ok, ...exits),
  };
}
