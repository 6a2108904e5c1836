import type { Outcome } from "../../cli/command.ts";
import type { Io } from "../../cli/io.ts";
import { loadConfig } from "../../config/load.ts";
import { Exit, UsageFailure } from "../../errors.ts";
import type { HostSummary } from "../../remote/host_order.ts";
import { installHost } from "../../remote/install_host.ts";
import { type InstallOptions, loginShellOf, readOnlyOf, scanShared } from "./options.ts";
import { exitOf } from "./summary.ts";
import { hostsOutcome, onHosts } from "../on_hosts.ts";
import { readKey } from "./public_key.ts";
import { calledAs } from "../../runtime/called_as.ts";

/** `install TARGET…`: each host in its own time. */
export async function installHosts(targets: string[], options: InstallOptions, io: Io): Promise<Outcome> {
  if (options.system || options.scope) {
    throw new UsageFailure("--system is for this machine, without a TARGET");
  }
  if (options["authorized-key"] && options["no-authorized-key"]) {
    throw new UsageFailure("--authorized-key and --no-authorized-key contradict each other");
  }
  const loginShell = loginShellOf(options);
  const sharedReadOnly = readOnlyOf(options);
  const shared = await scanShared(options);
  const { claude } = await loadConfig({ system: false });
  const authorizedKey = options["authorized-key"] && readKey(options["authorized-key"]);
  const results = await onHosts(targets, options, io, (connection, _host, show) =>
    installHost(connection, {
      user: options.user,
      adopt: options.adopt,
      check: options.check,
      claude: options["claude-version"],
      channel: claude.channel,
      loginShell,
      sharedReadOnly,
      shared: shared && { scan: shared, mirror: options.mirror },
      viaSsh: options["via-ssh"],
      authorizedKey,
      operatorKey: options["no-authorized-key"] ? undefined : connection.publicKey,
      binary: options.binary,
      report: show,
    }));
  return hostsOutcome(results, {
    render: (summaries) => summaries.length === 1 ? nextSteps(summaries[0]!, options) : "",
    exit: ({ steps }) => exitOf(steps),
  });
}

/** What a person does now that a host is ready. */
function nextSteps(
  { host, changed, steps }: HostSummary & { host: string },
  options: InstallOptions,
): string {
  if (options.check || changed === 0 || exitOf(steps) !== Exit.ok) return "";
  const login = `${options.user ?? "claude"}@${host.replace(/^.*@/, "")}`;
  const look = `Look after it:    ${calledAs()} doctor ${host}\n`;
  if (options["claude-version"] === "none") {
    return `\nClaude Code:      ${calledAs()} install ${host} --claude-version latest\n${look}`;
  }
  const start = options["login-shell"] ? `ssh ${login}` : `ssh -t ${login} claude-session`;
  return `\nStart a session:  ${start}\n${look}`;
}
