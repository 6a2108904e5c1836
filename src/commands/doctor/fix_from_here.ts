import { findCommand } from "../../cli/resolve.ts";
import type { Finding } from "../../host/diagnose.ts";
import { type Command, type Fix, fixLine } from "../../host/fix.ts";
import type { Scope } from "../../host/installation.ts";
import { type Target, typed } from "../../remote/target.ts";
import { calledAs } from "../../runtime/called_as.ts";
import { table } from "../table.ts";
import { targets } from "../targets.ts";

/** How the host was reached. */
export interface Way {
  target: Target;
  /** Whom we are there at the login. */
  user: string;
  configFile: string | undefined;
}

/**
 * What mends a host as it is typed here: ours take the host as their target, others go through ssh.
 * @param scope what was looked at there: `home` by the user of the login, all else by root
 */
export function fixFromHere(
  { commands, fixFromAfar }: Finding,
  scope: Scope,
  { target, user, configFile }: Way,
): Fix {
  const ours = fixFromAfar ?? (commands.length === 1 && takesTargets(commands[0]!) ? commands[0] : undefined);
  if (ours) {
    const words = ours.slice(1).filter((word) => word !== "--system");
    const config = configFile === undefined ? [] : ["--ssh-config", configFile];
    return [[calledAs(), ...words, typed(target), ...config]];
  }
  const { alias, port } = target;
  const options = [
    ...(configFile === undefined ? [] : ["-F", configFile]),
    ...(port ? ["-p", String(port)] : []),
  ];
  const asRoot = (command: Command) => command[0] === "sudo" ? command : ["sudo", ...command];
  const line = fixLine(user === "root" || scope === "home" ? commands : commands.map(asRoot));
  return [["ssh", "-t", ...options, target.user ? `${target.user}@${alias}` : alias, line]];
}

function takesTargets([program, ...words]: Command): boolean {
  return program === "claude-ops" && findCommand(table, words)?.args?.[0] === targets;
}
