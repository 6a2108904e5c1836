import type { Outcome } from "../cli/command.ts";
import type { Io } from "../cli/io.ts";
import { type Progress, startProgress } from "../cli/progress.ts";
import { loadConfig } from "../config/load.ts";
import { Exit, UsageFailure } from "../errors.ts";
import { installHost } from "../remote/install_host.ts";
import type { InstallOptions } from "./install_options.ts";
import { exitOf } from "./install_summary.ts";
import { onHosts, renderProblems } from "./on_hosts.ts";
import { readKey } from "./public_key.ts";

/** `install TARGET…`: each host in its own time, one table of steps for all. */
export async function installHosts(targets: string[], options: InstallOptions, io: Io): Promise<Outcome> {
  if (options.system || options.scope) {
    throw new UsageFailure("--system is for this machine, without a TARGET");
  }
  if (options["authorized-key"] && options["no-authorized-key"]) {
    throw new UsageFailure("--authorized-key and --no-authorized-key contradict each other");
  }
  const { claude } = await loadConfig({ system: false });
  const authorizedKey = options["authorized-key"] && readKey(options["authorized-key"]);
  const progress: Progress = startProgress(io);
  const results = await onHosts(
    targets,
    options,
    io,
    progress,
    (connection, host) =>
      installHost(connection, {
        user: options.user,
        check: options.check,
        claude: options["claude-version"],
        channel: claude.channel,
        viaSsh: options["via-ssh"],
        authorizedKey,
        operatorKey: options["no-authorized-key"] ? undefined : connection.publicKey,
        binary: options.binary,
        report: (step) => {
          io.event({ host, ...step });
          progress.step({ ...step, ...(targets.length > 1 ? { host } : {}) });
        },
      }),
  ).finally(() => progress.stop());
  const summaries = results.map((result) =>
    result.ok
      ? { ...result.value, host: result.host }
      : { host: result.host, ok: false, error: result.problem }
  );
  const exits = results.map((result) => result.ok ? exitOf(result.value.steps) : Exit.failed);
  return {
    data: summaries.length === 1 ? summaries[0] : { hosts: summaries, ok: summaries.every(({ ok }) => ok) },
    render: () => renderProblems(results, io) + nextSteps(options, targets, exits),
    exit: exits.includes(Exit.failed) ? Exit.failed : Math.max(...exits),
  };
}

/** What a person does now. */
function nextSteps(options: InstallOptions, targets: string[], exits: number[]): string {
  const [target] = targets;
  if (options.check || targets.length > 1 || exits[0] !== Exit.ok) return "";
  const user = options.user ?? "claude";
  const host = target!.replace(/^.*@/, "");
  return `\nStart a session:  ssh -t ${user}@${host} .claude/bin/claude-session\nLook after it:    claude-ops doctor ${target}\n`;
}
