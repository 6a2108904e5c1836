import { homedir } from "node:os";
import { join } from "node:path";
import { Failure } from "../errors.ts";
import { contentOf, includedFiles } from "./config_files.ts";
import { isHonoured, parseLine } from "./config_line.ts";
import { ownAccount } from "../runtime/account.ts";
import { type Active, criteriaOf, judgeMatch, type MatchFacts } from "./match.ts";
import { matchesList } from "./pattern.ts";
import type { Target } from "./target.ts";
import { expandTokens, tokensOf } from "./tokens.ts";

export interface ConfigOptions {
  /** Read this file only, as `ssh -F FILE`. */
  configFile?: string;
  /** Home directory for `~` and `~/.ssh/config`. */
  home?: string;
  env?: NodeJS.ProcessEnv;
  /** What is settled before any file is read, as by `ssh -o`. */
  preset?: Iterable<[string, string[]]>;
}

/** Keyword in lower case → its value's words; the first value met wins, as in ssh. IdentityFile gathers. */
export type ConfigValues = Map<string, string[]>;

/** 16 as in OpenSSH's READCONF_MAX_DEPTH. */
const MAX_DEPTH = 16;

interface Reading {
  target: Target;
  home: string;
  env: NodeJS.ProcessEnv;
  values: ConfigValues;
  /** What Host patterns are matched against. */
  host: string;
  /** Whether this is the second reading, and whether a `Match final` asks for one. */
  final: boolean;
  wantsFinal: boolean;
}

/**
 * What ssh_config says of a target: `~/.ssh/config`, then /etc/ssh/ssh_config, with `Include` in its place; once more
 * under the name that came out where a `Match final` asks for it.
 * @throws {Failure} for a file that ssh would refuse, or a `Match` that decides over our options and that we cannot judge
 */
export async function readSshConfig(target: Target, options: ConfigOptions = {}): Promise<ConfigValues> {
  const { home = homedir(), env = process.env } = options;
  const values: ConfigValues = new Map(options.preset);
  const reading = { target, home, env, values, host: target.alias, final: false, wantsFinal: false };
  if (target.user !== undefined) reading.values.set("user", [target.user]);
  if (target.port !== undefined) reading.values.set("port", [String(target.port)]);
  await readFiles(reading, options.configFile);
  if (reading.wantsFinal) {
    const name = hostNameOf(values, target);
    values.set("hostname", [name.replaceAll("%", "%%")]);
    await readFiles({ ...reading, host: name, final: true }, options.configFile);
  }
  return values;
}

async function readFiles(reading: Reading, configFile: string | undefined): Promise<void> {
  const include = join(reading.home, ".ssh");
  if (configFile === "none") return;
  if (configFile !== undefined) {
    return await readInto(reading, configFile, include, "yes", 0, { mustExist: true });
  }
  await readInto(reading, join(reading.home, ".ssh/config"), include, "yes", 0, { private: true });
  await readInto(reading, "/etc/ssh/ssh_config", "/etc/ssh", "yes", 0, {});
}

/** The name to connect to: HostName with its tokens, or the target as it was typed. */
export function hostNameOf(values: ConfigValues, target: Target): string {
  const given = values.get("hostname")?.[0];
  const name = given === undefined ? target.alias : expandTokens(given, { h: target.alias }, "HostName");
  return name.toLowerCase();
}

async function readInto(
  reading: Reading,
  file: string,
  includeDirectory: string,
  outer: Active,
  depth: number,
  demand: { mustExist?: boolean; private?: boolean },
): Promise<void> {
  if (depth > MAX_DEPTH) throw new Failure(`${file}: Include goes deeper than ${MAX_DEPTH} files`);
  const text = await contentOf(file, demand);
  let active = outer;
  for (const [index, line] of text.split("\n").entries()) {
    const where = `${file} line ${index + 1}`;
    const directive = parseLine(line, where);
    if (directive === undefined) continue;
    const { keyword, words } = directive;
    if (keyword === "host") {
      active = outer === "yes" && !matchesList(words, reading.host) ? "no" : outer;
    } else if (keyword === "match") {
      const criteria = criteriaOf(words);
      // Also of a block that is not reached otherwise.
      if (criteria.some(({ name }) => name === "final")) reading.wantsFinal = true;
      active = outer === "yes" ? await judgeMatch(criteria, matchFacts(reading)) : outer;
    } else if (active === "cannot tell" && isHonoured(keyword)) {
      throw new Failure(`${where}: ${directive.param} depends on a Match that claude-ops cannot judge`, {
        hint: "use Host, or Match with all, host, originalhost, user, localuser, tagged, exec and final only",
        code: "ssh-config",
      });
    } else if (keyword === "include" && active !== "no") {
      for (const path of await includedFiles(words, includeDirectory, reading.home)) {
        await readInto(reading, path, includeDirectory, active, depth + 1, { private: true });
      }
    } else if (active === "yes") set(reading.values, keyword, words);
  }
}

function matchFacts({ target, values, home, env, final }: Reading): MatchFacts {
  const localUser = ownAccount().name;
  const one = (keyword: string) => values.get(keyword)?.[0];
  const user = one("user") ?? localUser;
  const hostName = hostNameOf(values, target);
  const port = one("port") ?? "22";
  const tokens = tokensOf({
    ...{ alias: target.alias, hostName, port, user, localUser, home },
    hostKeyAlias: one("hostkeyalias") ?? hostName,
    jump: one("proxyjump") ?? "",
  });
  return {
    ...{ host: hostName, originalHost: target.alias, user, localUser, tag: one("tag") ?? "", final, tokens },
    shell: env.SHELL || "/bin/sh",
  };
}

function set(values: ConfigValues, keyword: string, words: string[]): void {
  // Either of the two settles how the host is reached, whichever comes first; a ProxyJump that is none settles nothing.
  const jump = values.get("proxyjump")?.[0]?.toLowerCase() ?? "none";
  if (keyword === "proxycommand" && jump !== "none") return;
  if (keyword === "proxyjump" && values.has("proxycommand")) return;
  // As if it were not there: a later one counts.
  if (/^(connecttimeout|serveraliveinterval)$/.test(keyword) && words[0] === "none") return;
  const before = values.get(keyword);
  if (before === undefined) values.set(keyword, [...words]);
  else if (keyword === "identityfile" && !before.includes(words[0]!)) before.push(words[0]!);
}
