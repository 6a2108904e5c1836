import type { Io } from "../cli/io.ts";
import type { Progress } from "../cli/progress.ts";
import { terminalPrompt } from "../cli/prompt.ts";
import { printable } from "../cli/text.ts";
import { connect, type Connection } from "../remote/connection.ts";
import { type HostResult, onEach } from "../remote/fleet.ts";
import { parseTarget } from "../remote/target.ts";

export interface ConnectionOptions {
  "accept-new": boolean;
  "ssh-config": string | undefined;
  jobs?: number;
}

/** Does the same over a connection to each host. Names that are no hosts are refused before anything is done. */
export async function onHosts<T>(
  targets: readonly string[],
  options: ConnectionOptions,
  io: Io,
  progress: Pick<Progress, "suspend">,
  work: (connection: Connection, host: string) => Promise<T>,
): Promise<HostResult<T>[]> {
  const parsed = new Map(targets.map((text) => [text, parseTarget(text)]));
  const prompt = terminalPrompt();
  const interaction = {
    interactive: prompt.interactive && !io.json,
    confirm: (question: string) => progress.suspend(() => prompt.confirm(question)),
    secret: (question: string) => progress.suspend(() => prompt.secret(question)),
  };
  const configFile = options["ssh-config"];
  return await onEach([...parsed.keys()], options.jobs ?? 8, async (host) => {
    const connection = await connect(parsed.get(host)!, {
      interaction,
      acceptNew: options["accept-new"],
      ...(configFile === undefined ? {} : { configFile }),
      onWarning: (line) => io.stderr(`${io.errorStyle.yellow("warning:")} ${printable(line)}\n`),
    });
    try {
      return await work(connection, host);
    } finally {
      connection.close();
    }
  });
}

/** The hosts that could not be reached or gave up, each with what to do. */
export function renderProblems(results: readonly HostResult<unknown>[], io: Io): string {
  return results.map((result) => {
    if (result.ok) return "";
    const { message, hint } = result.problem;
    const { red, yellow } = io.style;
    return `${red(`${printable(result.host)}:`)} ${printable(message)}\n` +
      (hint ? `${yellow("hint:")} ${printable(hint)}\n` : "");
  }).join("");
}
