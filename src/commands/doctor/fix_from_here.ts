import { findCommand } from "../../cli/resolve.ts";
import type { Finding } from "../../host/diagnose.ts";
import { shellQuote } from "../../remote/shell_quote.ts";
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

/** The command that mends a host as it is typed here: ours take the host as their target, others go through ssh. */
export function fixFromHere(finding: Finding, { target, user, configFile }: Way): string {
  const { fixFromAfar } = finding;
  // It is another machine's word: no argument has a NUL.
  const fix = finding.fix.replaceAll("\0", "");
  const host = typed(target);
  const config = configFile === undefined ? [] : ["--ssh-config", configFile];
  if (typeof fixFromAfar === "string" && !fixFromAfar.includes("\0")) {
    return shellQuote([calledAs(), ...fixFromAfar.replace("TARGET", host).split(" ").slice(1), ...config]);
  }
  const words = fix.replace(/^claude-ops install --system/, "claude-ops install").split(" ");
  const command = /[|&;<>*~$'"]/.test(fix) || words[0] !== "claude-ops"
    ? undefined
    : findCommand(table, words.slice(1));
  if (command?.args?.[0] === targets) return shellQuote([calledAs(), ...words.slice(1), host, ...config]);
  const line = user === "root" ? fix : fix.replace(/(^|(?:&&|;) )(?!sudo )/g, "$1sudo ");
  const { alias, port } = target;
  const options = [
    ...(configFile === undefined ? [] : ["-F", configFile]),
    ...(port ? ["-p", String(port)] : []),
  ];
  return shellQuote(["ssh", "-t", ...options, target.user ? `${target.user}@${alias}` : alias, line]);
}
