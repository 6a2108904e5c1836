import { homedir, hostname } from "node:os";
import { join } from "node:path";
import { Failure } from "../errors.ts";
import { ownAccount } from "../runtime/account.ts";
import { type ConfigOptions, type ConfigValues, readSshConfig } from "./ssh_config.ts";
import type { Target } from "./target.ts";

/** Everything a connection needs to know before it is opened. */
export interface SshSettings {
  hostName: string;
  port: number;
  user: string;
  identityFiles: string[];
  identitiesOnly: boolean;
  /** Path of the agent's socket; undefined where no agent is to be asked. */
  identityAgent?: string;
  userKnownHostsFiles: string[];
  globalKnownHostsFiles: string[];
  hashKnownHosts: boolean;
  strictHostKeyChecking: "yes" | "ask" | "accept-new";
  hostKeyAlias?: string;
  /** Seconds until the host must have answered; 10 unless configured. */
  connectTimeout: number;
  /** Seconds between signs of life that we ask for, and how many may be missing: 15 and 3 unless configured. */
  serverAliveInterval: number;
  serverAliveCountMax: number;
}

const DEFAULT_KEYS = ["id_ed25519", "id_ecdsa", "id_rsa"];
const SYSTEM_KNOWN_HOSTS = ["/etc/ssh/ssh_known_hosts", "/etc/ssh/ssh_known_hosts2"];

/**
 * How ssh would reach the target.
 * @throws {Failure} for a configuration that ssh would refuse, and for jumps, which we do not make
 */
export async function sshSettings(
  target: Target,
  options: ConfigOptions & { env?: NodeJS.ProcessEnv } = {},
): Promise<SshSettings> {
  const values = await readSshConfig(target, options);
  const home = options.home ?? homedir();
  const env = options.env ?? process.env;
  const one = (keyword: string) => values.get(keyword)?.[0];
  refuseProxy(values, target);

  const local = ownAccount().name;
  const user = one("user") ?? local;
  const port = Number(one("port") ?? 22);
  if (!Number.isInteger(port) || port < 1 || port > 65535) throw wrongValue("Port", one("port"));
  const hostName = tokens(one("hostname") ?? target.alias, { h: target.alias }, "HostName").toLowerCase();
  const alias = one("hostkeyalias");
  const table = {
    ...{ h: hostName, n: target.alias, p: String(port), r: user, u: local, i: String(process.getuid?.()) },
    ...{ d: home, k: alias ?? target.alias, l: hostname(), L: hostname().split(".")[0]! },
  };
  const path = (text: string, keyword: string) => {
    const named = text.replace(/\$\{(\w+)\}/g, (_, name: string) => {
      if (env[name] === undefined) throw new Failure(`${keyword}: \${${name}} is not in the environment`);
      return env[name];
    });
    return tokens(named.replace(/^~(?=\/|$)/, home), table, keyword);
  };
  const paths = (keyword: string, defaults: string[]) =>
    (values.get(keyword.toLowerCase()) ?? defaults).filter((file) => file !== "none").map((file) =>
      path(file, keyword)
    );

  const agent = one("identityagent") ?? "SSH_AUTH_SOCK";
  const settings: SshSettings = {
    hostName,
    port,
    user,
    identityFiles: paths("IdentityFile", DEFAULT_KEYS.map((name) => join(home, ".ssh", name))),
    identitiesOnly: flag("IdentitiesOnly", one("identitiesonly")),
    userKnownHostsFiles: paths("UserKnownHostsFile", [
      join(home, ".ssh/known_hosts"),
      join(home, ".ssh/known_hosts2"),
    ]),
    globalKnownHostsFiles: paths("GlobalKnownHostsFile", SYSTEM_KNOWN_HOSTS),
    hashKnownHosts: flag("HashKnownHosts", one("hashknownhosts")),
    strictHostKeyChecking: strictness(one("stricthostkeychecking")),
    connectTimeout: seconds("ConnectTimeout", one("connecttimeout")) || 10,
    serverAliveInterval: seconds("ServerAliveInterval", one("serveraliveinterval")) || 15,
    serverAliveCountMax: Number(one("serveralivecountmax") ?? 3) || 3,
  };
  if (alias !== undefined) settings.hostKeyAlias = alias;
  const socket = agent === "none"
    ? undefined
    : agent === "SSH_AUTH_SOCK"
    ? env.SSH_AUTH_SOCK
    : agent.startsWith("$")
    ? env[agent.replace(/^\$\{?(\w+)\}?$/, "$1")]
    : path(agent, "IdentityAgent");
  if (socket) settings.identityAgent = socket;
  return settings;
}

function refuseProxy(values: ConfigValues, target: Target): void {
  const proxy = values.get("proxyjump")?.join(" ") ?? "none";
  if (proxy.toLowerCase() === "none") return;
  throw new Failure(`${target.text} is reached through ${proxy}, which claude-ops cannot do yet`, {
    hint: "run claude-ops on the jump host, or give ProxyJump none where there is a direct way",
    code: "proxy",
  });
}

function tokens(text: string, table: Record<string, string>, keyword: string): string {
  return text.replace(/%(.?)/g, (token, letter: string) => {
    if (letter === "%") return "%";
    if (table[letter] === undefined) throw wrongValue(keyword, token);
    return table[letter];
  });
}

function flag(keyword: string, value = "no"): boolean {
  if (/^(yes|true)$/i.test(value)) return true;
  if (/^(no|false)$/i.test(value)) return false;
  throw wrongValue(keyword, value);
}

/** `no` takes a new key without a question; unlike ssh, it does not go past a changed one. */
function strictness(value = "ask"): SshSettings["strictHostKeyChecking"] {
  const word = value.toLowerCase();
  if (word === "ask" || word === "accept-new") return word;
  if (word === "off") return "accept-new";
  return flag("StrictHostKeyChecking", word) ? "yes" : "accept-new";
}

/** The time format of sshd_config(5): `90`, `1m30s`; 0 for `none`. */
function seconds(keyword: string, value = "none"): number {
  if (value === "none") return 0;
  if (!/^(\d+[smhdw]?)+$/i.test(value)) throw wrongValue(keyword, value);
  const unit: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86400, w: 604800 };
  let total = 0;
  for (const [, count, letter] of value.matchAll(/(\d+)([smhdw]?)/gi)) {
    total += Number(count) * unit[letter!.toLowerCase() || "s"]!;
  }
  return total;
}

function wrongValue(keyword: string, value: string | undefined): Failure {
  return new Failure(`ssh configuration: ${keyword} cannot be ${JSON.stringify(value)}`, {
    code: "ssh-config",
  });
}
