import { isIPv6 } from "node:net";
import { UsageFailure } from "../errors.ts";

/** A host as the operator typed it; `alias` is what `Host` patterns of ssh_config are matched against. */
export interface Target {
  text: string;
  alias: string;
  user?: string;
  port?: number;
}

// What ssh itself refuses in names that come from a command line (OpenSSH 9.2), and slashes.
const FORBIDDEN = /[\s\p{Cc}'"`$\\;&<>|(){}/]/u;

/** The word that leads to a target from a command line; an inventory's name for it may mean nothing there. */
export function typed({ alias, user, port }: Target): string {
  const place = alias.includes(":") ? `[${alias}]` : alias;
  return `${user === undefined ? "" : `${user}@`}${place}${port === undefined ? "" : `:${port}`}`;
}

/**
 * Reads `[user@]host[:port]`, `[::1]:2222`, `::1` or `ssh://[user@]host[:port]`.
 * @throws {UsageFailure} for everything else
 */
export function parseTarget(text: string): Target {
  const wrong = (why: string) =>
    new UsageFailure(`not a host: ${JSON.stringify(text)}: ${why}`, "write [user@]host[:port]");
  const rest = text.replace(/^ssh:\/\/(.*?)\/?$/i, "$1");
  const at = rest.lastIndexOf("@");
  const user = at < 0 ? undefined : rest.slice(0, at);
  const place = rest.slice(at + 1);

  const bracketed = /^\[([^\]]*)\](?::(.*))?$/.exec(place);
  const plain = /^([^:]*)(?::([^:]*))?$/.exec(place);
  const [, host, portText] = bracketed ?? plain ?? [undefined, place, undefined];
  if (!host) throw wrong("the host name is missing");
  if (!bracketed && !plain && !isIPv6(host)) throw wrong("an IPv6 address or one port was expected");
  for (const [what, name] of [["host", host], ["user", user]] as const) {
    if (name === undefined) continue;
    if (name === "") throw wrong(`the ${what} name is missing`);
    if (name.startsWith("-")) throw wrong(`the ${what} name starts with a dash`);
    if (FORBIDDEN.test(name)) throw wrong(`the ${what} name has a character that no ${what} name has`);
  }
  const target: Target = { text, alias: host };
  if (user !== undefined) target.user = user;
  if (portText !== undefined) {
    const port = /^\d{1,5}$/.test(portText) ? Number(portText) : 0;
    if (port < 1 || port > 65535) throw wrong("the port is not a number from 1 to 65535");
    target.port = port;
  }
  return target;
}
