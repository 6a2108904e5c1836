import { resolve } from "node:path";
import type { Outcome } from "../../cli/command.ts";
import type { Io } from "../../cli/io.ts";
import { startProgress } from "../../cli/progress.ts";
import { loadConfig } from "../../config/load.ts";
import { Exit, Failure, UsageFailure } from "../../errors.ts";
import { install } from "../../host/install.ts";
import { refuseManaged, type Scope } from "../../host/installation.ts";
import { checkPublicKey } from "../../host/resources/authorized_key.ts";
import { fromPackage, fromRegistry } from "../../host/resources/claude_source.ts";
import { compiled } from "../../runtime/self.ts";
import { type InstallOptions, loginShellOf, readOnlyOf, scanShared } from "./options.ts";
import { exitOf, summarize } from "./summary.ts";
import type { Step } from "../../host/resource.ts";
import { shareHere } from "./share_here.ts";
import { readKey } from "./public_key.ts";

/** `install` on this machine: for oneself, or as root for the whole of it. */
export async function installHere(options: InstallOptions, io: Io): Promise<Outcome> {
  const scope: Scope = options.scope ?? (options.system ? "system" : "personal");
  if (scope === "personal") refuseManaged("install");
  if (scope === "personal" && options.user !== undefined) {
    throw new UsageFailure("--user needs a TARGET or --system", "without them, install is for yourself");
  }
  const loginShell = loginShellOf(options);
  if (scope === "personal" && loginShell !== undefined) {
    throw new UsageFailure("--login-shell needs a TARGET or --system", "only root can change login shells");
  }
  const sharedReadOnly = readOnlyOf(options);
  if (scope === "personal" && sharedReadOnly !== undefined) {
    throw new UsageFailure(
      "--shared-read-only needs a TARGET or --system",
      "what you share with yourself is yours",
    );
  }
  const shared = await scanShared(options);
  const config = await loadConfig({ system: scope === "system" });
  const progress = startProgress(io);
  const report = (step: Step) => {
    io.event(step);
    progress.step(step);
  };
  const work = async () => [
    ...await install(request),
    ...(shared ? await shareHere(shared, options, report) : []),
  ];
  const request = {
    scope,
    ...(options.user === undefined ? {} : { user: options.user }),
    ...(options["claude-version"] === undefined ? {} : { claude: options["claude-version"] }),
    claudeSource: options["claude-release"]
      ? fromPackage(options["claude-release"], options["claude-package"])
      : fromRegistry(config.claude.channel),
    binary: ownProgram(options.binary),
    ...(options["authorized-key"] ? { authorizedKey: readKey(options["authorized-key"]) } : {}),
    ...(options["operator-key"] ? { operatorKey: checkPublicKey(options["operator-key"]) } : {}),
    ...(loginShell === undefined ? {} : { loginShell }),
    ...(sharedReadOnly === undefined ? {} : { sharedReadOnly }),
    adopt: options.adopt,
    check: options.check,
    report,
  };
  const steps = await work().finally(() => progress.stop());
  const summary = summarize("localhost", steps, 0);
  const exit = exitOf(steps);
  const next = scope === "personal" && !options.check && summary.changed > 0 && exit === Exit.ok;
  return { data: summary, exit, ...(next ? { render: nextSteps } : {}) };
}

/** What a person does now that it is there. */
const nextSteps = () => `
Start a session:  ${whereFound("claude-session")}
Look after it:    ${whereFound("claude-ops")} doctor
`;

/** How a shell finds what was installed: by its name only where PATH has the directory. */
function whereFound(program: string): string {
  const inPath = process.env.PATH?.split(":").includes(`${process.env.HOME}/.local/bin`);
  return inPath ? program : `~/.local/bin/${program}`;
}

/** @throws Failure when there is no compiled program to put in place. */
function ownProgram(named: string | undefined): string {
  if (named) return resolve(named);
  if (compiled) return process.execPath;
  throw new Failure("run from source, there is no program to install yet", {
    hint: "scripts/build, then dist/claude-ops install, or --binary FILE",
  });
}
