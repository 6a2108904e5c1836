import { homedir } from "node:os";
import { join } from "node:path";
import { Failure } from "../errors.ts";
import { ownAccount } from "../runtime/account.ts";
import { type AlgorithmSpecs, algorithmSpecs } from "./algorithms.ts";
import { UNSUPPORTED } from "./config_line.ts";
import { type Proxy, proxyOf } from "./proxy.ts";
import {
  addressFamily,
  count,
  flag,
  type Method,
  methods,
  seconds,
  type Strictness,
  strictness,
} from "./setting_values.ts";
import { type ConfigOptions, type ConfigValues, hostNameOf, readSshConfig } from "./ssh_config.ts";
import type { Target } from "./target.ts";
import { expandTokens, tokensOf, wrongValue } from "./tokens.ts";

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
  /** Files of keys that are never accepted. */
  revokedHostKeysFiles: string[];
  strictHostKeyChecking: Strictness;
  hostKeyAlias?: string;
  /** Ways to log in, in the order of trying them. */
  methods: Method[];
  /** Questions for the same password or passphrase before giving up. */
  passwordPrompts: number;
  /** Nothing may be asked. */
  batchMode: boolean;
  /** The IP version to use, 0 for any, and the address here to connect from. */
  addressFamily: 0 | 4 | 6;
  bindAddress?: string;
  algorithms: AlgorithmSpecs;
  /** Undefined where the host is connected to directly. */
  proxy?: Proxy;
  /** Seconds until the host must have answered, 0 for no limit; 10 unless configured. */
  connectTimeout: number;
  /** Seconds between signs of life that we ask for, 0 for never, and how many may be missing: 15 and 3 unless configured. */
  serverAliveInterval: number;
  serverAliveCountMax: number;
}

const DEFAULT_KEYS = ["id_ed25519", "id_ecdsa", "id_rsa"];
const SYSTEM_KNOWN_HOSTS = ["/etc/ssh/ssh_known_hosts", "/etc/ssh/ssh_known_hosts2"];

/**
 * How ssh would reach the target.
 * @throws {Failure} for a configuration that ssh would refuse, and for keywords that we cannot follow
 */
export async function sshSettings(
  target: Target,
  options: ConfigOptions = {},
): Promise<SshSettings> {
  const values = await readSshConfig(target, options);
  const home = options.home ?? homedir();
  const env = options.env ?? process.env;
  const one = (keyword: string) => values.get(keyword)?.[0];
  refuseUnsupported(values, target);

  const localUser = ownAccount().name;
  const user = one("user") ?? localUser;
  const port = Number(one("port") ?? 22);
  if (!Number.isInteger(port) || port < 1 || port > 65535) throw wrongValue("Port", one("port"));
  const hostName = hostNameOf(values, target);
  const hostKeyAlias = one("hostkeyalias")?.toLowerCase();
  const tokens = tokensOf({
    ...{ alias: target.alias, hostName, port: String(port), user, localUser, home, hostKeyAlias },
    jump: one("proxyjump") ?? "",
  });
  const path = (text: string, keyword: string) => {
    const named = text.replace(/\$\{(\w+)\}/g, (_, name: string) => {
      if (env[name] === undefined) throw new Failure(`${keyword}: \${${name}} is not in the environment`);
      return env[name];
    });
    return expandTokens(named.replace(/^~(?=\/|$)/, home), tokens, keyword);
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
    // Paths that ssh takes as they stand.
    globalKnownHostsFiles: (values.get("globalknownhostsfile") ?? SYSTEM_KNOWN_HOSTS).filter((file) =>
      file !== "none"
    ),
    revokedHostKeysFiles: paths("RevokedHostKeys", []),
    hashKnownHosts: flag("HashKnownHosts", one("hashknownhosts")),
    strictHostKeyChecking: strictness(one("stricthostkeychecking")),
    connectTimeout: seconds("ConnectTimeout", one("connecttimeout") ?? "10"),
    serverAliveInterval: seconds("ServerAliveInterval", one("serveraliveinterval") ?? "15"),
    serverAliveCountMax: count("ServerAliveCountMax", one("serveralivecountmax") ?? "3"),
    methods: methods(one),
    passwordPrompts: count("NumberOfPasswordPrompts", one("numberofpasswordprompts") ?? "3"),
    batchMode: flag("BatchMode", one("batchmode")),
    addressFamily: addressFamily(one("addressfamily")),
    algorithms: algorithmSpecs(one),
  };
  if (hostKeyAlias !== undefined) settings.hostKeyAlias = hostKeyAlias;
  const bindAddress = one("bindaddress");
  if (bindAddress !== undefined) settings.bindAddress = bindAddress;
  const proxy = proxyOf(values, tokens);
  if (proxy !== undefined) settings.proxy = proxy;
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

function refuseUnsupported(values: ConfigValues, target: Target): void {
  for (const keyword of UNSUPPORTED) {
    const value = values.get(keyword)?.join(" ") ?? "none";
    if (/^(no|false|none)$/i.test(value)) continue;
    throw new Failure(`ssh configuration: ${keyword} ${value} is nothing that claude-ops can do`, {
      hint: `put "Host ${target.alias}" with "${keyword} no" before it, where that is right for this host`,
      code: "ssh-config",
    });
  }
}
